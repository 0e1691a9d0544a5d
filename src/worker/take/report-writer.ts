import type { RecorderEvent } from '../../protocol/index.ts'
import type { Takes } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { InTurn, Throttle } from '../../timing/index.ts'
import { untilWritten } from '../until-written.ts'

type Report = Parameters<Takes['report']>[2]
type Progress = Extract<Report, { type: 'progress' }>
type Event<T extends RecorderEvent['type']> = Extract<RecorderEvent, { type: T }>

export interface TakeWriterOptions {
  readonly recordingId: string
  readonly take: number
  readonly logger: Logger
  /** Nothing is written before `open`: the recording is still another take's. */
  readonly isClosed: boolean
  /** Nothing is written before this: the take itself is not written yet. */
  readonly after?: Promise<unknown>
  /** The figures are written at most so often. */
  readonly progressMs: number
}

/**
 * Writes what one take reports, in its order; figures are gathered. While the database is away nothing is lost and the take
 * goes on: reports wait, and are tried until they are written.
 */
export class TakeWriter {
  readonly #takes: Pick<Takes, 'report' | 'answerCommand'>
  readonly #options: TakeWriterOptions
  readonly #turns = new InTurn()
  readonly #throttle: Throttle
  /** The last state of each source of a closed writer. */
  readonly #heldSources = new Map<string, Report>()
  #isClosed: boolean
  #isProgressUnwritten = false
  #progress: Progress = { type: 'progress', durationSec: 0, segments: 0, stats: null }

  constructor(takes: Pick<Takes, 'report' | 'answerCommand'>, options: TakeWriterOptions) {
    this.#takes = takes
    this.#options = options
    this.#isClosed = options.isClosed
    this.#throttle = new Throttle(options.progressMs, () => this.#writeProgress())
    const { after } = options
    if (after !== undefined) void this.#turns.run(() => after.catch(() => undefined))
  }

  /** What the take has stored, written or not. */
  get progress(): Progress {
    return this.#progress
  }

  report(report: Report): void {
    if (this.#isClosed) {
      if (report.type === 'source') this.#heldSources.set(report.sourceId, report)
      return
    }
    if (report.type === 'ended') this.#writeProgress()
    this.#writeReport(report)
  }

  /** The recorder's answer to a command. */
  answer({ commandId, error }: Pick<Event<'ack'>, 'commandId' | 'error'>): void {
    const { recordingId, take } = this.#options
    if (!this.#isClosed)
      this.#write('an answer', () => this.#takes.answerCommand(recordingId, take, { commandId, error }))
  }

  addSegment({ durationSec }: Pick<Event<'segment'>, 'durationSec'>): void {
    const { durationSec: before, segments } = this.#progress
    this.#update({ durationSec: before + durationSec, segments: segments + 1 })
  }

  addStats({ stats, idleForSec }: Pick<Event<'stats'>, 'stats' | 'idleForSec'>): void {
    this.#update({ stats, ...(idleForSec && { idleForSec }) })
  }

  /** A writer that was closed writes from now on, beginning with how each source is now. */
  open(): void {
    this.#isClosed = false
    for (const report of this.#heldSources.values()) this.#writeReport(report)
    this.#heldSources.clear()
  }

  /** Resolves when everything so far is written. */
  async flush(): Promise<void> {
    this.#writeProgress()
    await this.#turns.ended()
  }

  #update(progress: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...progress }
    this.#isProgressUnwritten = true
    this.#throttle.request()
  }

  #writeProgress(): void {
    this.#throttle[Symbol.dispose]()
    if (!this.#isProgressUnwritten || this.#isClosed) return
    this.#isProgressUnwritten = false
    this.#writeReport(this.#progress)
  }

  #writeReport(report: Report): void {
    const { recordingId, take } = this.#options
    this.#write(report.type, () => this.#takes.report(recordingId, take, report))
  }

  #write(what: string, work: () => Promise<void>): void {
    const { logger } = this.#options
    this.#turns
      .run(() => untilWritten(work, logger))
      .catch((err: unknown) => logger.error({ err }, `${what} could not be written`))
  }
}
