import { AppError, errorInfo, type RecordingSpec, toAppError } from '../../protocol/index.ts'
import { move } from '../changes.ts'
import { checkSpec, checkUrls } from '../check-spec.ts'
import type { RecordingsPorts } from '../create-recordings.ts'
import { buildRecord } from '../record.ts'
import { LATEST_START_MS } from './start-queue.ts'

/** A recording that a schedule is due for. */
export interface DueRecording {
  /** Derived from the moment of the schedule: a retry has the same id. */
  readonly recordingId: string
  readonly spec: RecordingSpec
  /** Undefined: longer ago than `LATEST_START_MS`. */
  readonly dueAt: Date | undefined
}

/** Starts what schedules are due for. */
export interface DueStarts {
  /**
   * Starts it once, however often it is called. What can never start, or comes too late, is left as a `failed` recording with
   * the reason. Errors: what may go better soon, so that it is to be called again.
   */
  start(due: DueRecording): Promise<void>
}

type DueStartsPorts = Pick<RecordingsPorts, 'repository' | 'writer' | 'outbound' | 'takeQueue' | 'clock' | 'newTraceId'>

export function createDueStarts(ports: DueStartsPorts): DueStarts {
  const { repository, writer, outbound, takeQueue, clock, newTraceId } = ports

  /** Why it does not start at all; undefined when it does. Throws what is to be tried again. */
  const refusalOf = async ({ spec, dueAt }: DueRecording): Promise<AppError | undefined> => {
    const isLate = dueAt === undefined || clock().getTime() - dueAt.getTime() > LATEST_START_MS
    try {
      checkSpec(spec)
      await checkUrls(spec, outbound)
    } catch (thrown) {
      const error = toAppError(thrown)
      // A DNS server that is away for a moment is no reason to miss a class.
      const mayHeal = error.retryable || error.code === 'url.unresolvable'
      if (mayHeal && !isLate) throw error
      return error
    }
    return isLate ? tooLate() : undefined
  }
  const insert = async ({ recordingId, spec }: DueRecording, refusal: AppError | undefined): Promise<void> => {
    const now = clock()
    const record = buildRecord(spec, { id: recordingId, traceId: newTraceId(), now })
    const started = { record, facts: [{ type: 'recording.state' }] } as const
    const failed = refusal && move(record, 'failed', now, { error: errorInfo(refusal) })
    const isNew = await writer.insert(failed ?? started)
    if (isNew && failed === undefined) await takeQueue.enqueue(recordingId)
  }
  const isThere = (id: string): Promise<boolean> =>
    repository.findAny(id).then(
      () => true,
      (thrown: unknown) => {
        if (toAppError(thrown).code === 'recording.not-found') return false
        throw thrown
      },
    )

  return {
    async start(due) {
      // One that is there without a job is queued by the next sweep of the open recordings.
      if (await isThere(due.recordingId)) return
      await insert(due, await refusalOf(due))
    },
  }
}

function tooLate(): AppError {
  const minutes = LATEST_START_MS / 60_000
  const message = `The service was away when the schedule was due, and back more than ${minutes} minutes later: too late to begin.`
  return new AppError('service.stopping', message)
}
