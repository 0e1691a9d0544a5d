import { toAppError } from '../protocol/index.ts'
import type { Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { after, repeat } from '../timing/index.ts'
import { answeredInTime } from './answered-in-time.ts'
import type { SweepTimes } from './worker-times.ts'

/** One that could not be queued in time is queued by a later sweep. */
const RETRY_FOR_MS = 30_000

interface ScheduledStartsOptions {
  readonly logger: Logger
  readonly times: Pick<SweepTimes, 'scheduledMs'>
  /** While it is true, nothing is scheduled. */
  readonly isResting: () => boolean
}

/** Queues scheduled recordings when they are due. Idempotent: every worker does. */
export function watchScheduledStarts(
  takes: Pick<Takes, 'scheduled' | 'enqueue'>,
  { logger, times, isResting }: ScheduledStartsOptions,
): Disposable {
  const waiting = new Map<string, Disposable>()
  const enqueue = (recordingId: string): void => {
    waiting.delete(recordingId)
    takes.enqueue(recordingId).catch((thrown: unknown) => {
      const message = 'a scheduled recording could not be queued; it is tried again'
      logger.warn({ err: toAppError(thrown), recordingId }, message)
    })
  }
  const sweep = async (signal: AbortSignal): Promise<void> => {
    if (isResting()) return
    const nearby = await answeredInTime(takes.scheduled(new Date(Date.now() + times.scheduledMs * 1.5)))
    for (const { recordingId, inMs } of nearby) {
      if (inMs < -RETRY_FOR_MS || waiting.has(recordingId) || signal.aborted) continue
      waiting.set(
        recordingId,
        after(Math.max(0, inMs), () => enqueue(recordingId)),
      )
    }
  }
  const sweeps = repeat({
    everyMs: times.scheduledMs,
    atOnce: true,
    work: sweep,
    onError(thrown) {
      logger.warn({ err: toAppError(thrown) }, 'the scheduled recordings could not be listed')
    },
  })
  return {
    [Symbol.dispose]() {
      sweeps[Symbol.dispose]()
      for (const timer of waiting.values()) timer[Symbol.dispose]()
    },
  }
}
