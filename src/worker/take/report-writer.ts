import { setTimeout as sleep } from 'node:timers/promises'
import { type RecorderEvent, toAppError } from '../../protocol/index.ts'
import type { Takes } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'

/** How often the figures of a running take are written. */
export const PROGRESS_INTERVAL_MS = 2000
const RETRY_MS = [100, 500, 1000, 2000, 5000]

type Report = Parameters<Takes['report']>[2]
type Progress = Extract<Report, { type: 'progress' }>

/**
 * Writes what one take reports, in its order. Figures are gathered and written at most every two seconds. While the
 * database is away nothing is lost and the take goes on: reports wait, and are tried until they are written.
 */
export interface TakeWriter {
  report(report: Report): void
  settle(commandId: string, error: Extract<RecorderEvent, { type: 'ack' }>['error']): void
  segment(segment: { readonly durationSec: number }): void
  stats(event: Pick<Extract<RecorderEvent, { type: 'stats' }>, 'stats' | 'idleForSec'>): void
  /** A writer that was closed writes from now on, beginning with how each source is now. */
  open(): void
  /** Resolves when everything so far is written. */
  flush(): Promise<void>
  /** What the take has stored, written or not. */
  readonly progress: Progress
}

export interface TakeWriterOptions {
  readonly recordingId: string
  readonly take: number
  readonly logger: Logger
  /** Nothing is written before `open`: the recording is still another take's. */
  readonly isClosed: boolean
  /** Nothing is written before this: the take itself is not written yet. */
  readonly after?: Promise<unknown>
}

export function createTakeWriter(
  takes: Pick<Takes, 'report' | 'answerCommand'>,
  { recordingId, take, logger, isClosed, after = Promise.resolve() }: TakeWriterOptions,
): TakeWriter {
  const held = new Map<string, Report>()
  let closed = isClosed
  let turn = after.then(
    () => {},
    () => {},
  )
  let progress: Progress = { type: 'progress', durationSec: 0, segments: 0, stats: null }
  let timer: NodeJS.Timeout | undefined
  let dirty = false

  const write = (what: string, work: () => Promise<void>) => {
    turn = turn
      .then(() => untilWritten(work, logger))
      .catch((err: unknown) => logger.error({ err }, `${what} could not be written`))
  }
  const writeProgress = () => {
    clearTimeout(timer)
    timer = undefined
    if (!dirty || closed) return
    dirty = false
    const report = progress
    write('progress', () => takes.report(recordingId, take, report))
  }
  const progressSoon = () => {
    dirty = true
    timer ??= setTimeout(writeProgress, PROGRESS_INTERVAL_MS)
  }
  return {
    report(report) {
      if (closed) {
        if (report.type === 'source') held.set(report.sourceId, report)
        return
      }
      if (report.type === 'ended') writeProgress()
      write(report.type, () => takes.report(recordingId, take, report))
    },
    settle(commandId, error) {
      if (!closed) write('an answer', () => takes.answerCommand(recordingId, take, { commandId, error }))
    },
    open() {
      closed = false
      for (const report of held.values()) write('a source', () => takes.report(recordingId, take, report))
      held.clear()
    },
    segment({ durationSec }) {
      progress = { ...progress, durationSec: progress.durationSec + durationSec, segments: progress.segments + 1 }
      progressSoon()
    },
    stats({ stats, idleForSec }) {
      progress = { ...progress, stats, ...(idleForSec && { idleForSec }) }
      progressSoon()
    },
    async flush() {
      writeProgress()
      await turn
    },
    get progress() {
      return progress
    },
  }
}

/** Repeats it while the database is away, or until `enough`; throws what can never be written, and then what failed last. */
export async function untilWritten<T>(work: () => Promise<T>, logger: Logger, enough?: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (thrown) {
      const err = toAppError(thrown)
      if (!err.retryable || enough?.aborted) throw err
      logger.warn({ err }, 'a report of the recorder waits for the database')
      const waitMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]
      await sleep(waitMs, undefined, enough && { signal: enough }).catch(() => undefined)
      if (enough?.aborted) throw err
    }
  }
}
