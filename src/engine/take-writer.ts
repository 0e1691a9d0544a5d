import { setTimeout as sleep } from 'node:timers/promises'
import { type IdleTimes, type RecorderEvent, type RecordingStats, toAppError } from '../protocol/index.ts'
import type { Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'

/** How often the figures of a running take are written. */
export const PROGRESS_INTERVAL_MS = 2000
const RETRY_MS = [100, 500, 1000, 2000, 5000]

type Report = Parameters<Takes['report']>[2]

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
  /** Resolves when everything so far is written; throws what can never be written. */
  flush(): Promise<void>
}

export interface TakeWriterOptions {
  readonly recordingId: string
  readonly take: number
  readonly logger: Logger
  /** Nothing is written before `open`: the recording is still another take's. */
  readonly isClosed: boolean
}

interface Figures {
  readonly durationSec: number
  readonly segments: number
  readonly stats: RecordingStats | null
  readonly idleForSec?: IdleTimes
}

export function createTakeWriter(
  takes: Pick<Takes, 'report' | 'settle'>,
  { recordingId, take, logger, isClosed }: TakeWriterOptions,
): TakeWriter {
  const held = new Map<string, Report>()
  let closed = isClosed
  let turn = Promise.resolve()
  let figures: Figures = { durationSec: 0, segments: 0, stats: null }
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
    const progress = { type: 'progress' as const, ...figures }
    write('progress', () => takes.report(recordingId, take, progress))
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
      if (!closed) write('an answer', () => takes.settle(recordingId, take, { commandId, error }))
    },
    open() {
      closed = false
      for (const report of held.values()) write('a source', () => takes.report(recordingId, take, report))
      held.clear()
    },
    segment({ durationSec }) {
      figures = { ...figures, durationSec: figures.durationSec + durationSec, segments: figures.segments + 1 }
      progressSoon()
    },
    stats({ stats, idleForSec }) {
      figures = { ...figures, stats, ...(idleForSec && { idleForSec }) }
      progressSoon()
    },
    async flush() {
      writeProgress()
      await turn
    },
  }
}

/** Repeats it while the database is away; throws what can never be written. */
export async function untilWritten<T>(work: () => Promise<T>, logger: Logger): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (thrown) {
      const err = toAppError(thrown)
      if (!err.retryable) throw err
      logger.warn({ err }, 'a report of the recorder waits for the database')
      await sleep(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)])
    }
  }
}
