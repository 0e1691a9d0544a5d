import { toAppError } from '../protocol/index.ts'
import type { OpenWork } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { repeat } from '../timing/index.ts'

interface GateTimes {
  /** Between two looks whether anything is open, while the sweeps run. */
  readonly lookMs: number
  /** After so long the sweeps have their turn once more, whatever is known. */
  readonly longestRestMs: number
}

const TIMES: GateTimes = { lookMs: 5_000, longestRestMs: 30_000 }

/**
 * Lets sweeps rest while nothing is open: each of them reads the database every few seconds, for what a dead process or a lost call left
 * undone. Any news ends the rest. Only for a database that one process has alone: it hears of everything.
 */
export class SweepGate implements Disposable {
  readonly #work: OpenWork
  readonly #logger: Logger
  readonly #times: GateTimes
  readonly #resources = new DisposableStack()
  #news = 0
  #restUntilMs = 0

  constructor(work: OpenWork, logger: Logger, times: GateTimes = TIMES) {
    this.#work = work
    this.#logger = logger
    this.#times = times
    this.#resources.use(work.watch(() => this.#wake()))
    this.#resources.use(repeat({ everyMs: times.lookMs, work: () => this.#look(), unref: true }))
  }

  /** Whether sweeps have nothing to do now. */
  get isResting(): boolean {
    return performance.now() < this.#restUntilMs
  }

  #wake(): void {
    this.#news += 1
    this.#restUntilMs = 0
  }

  async #look(): Promise<void> {
    if (this.isResting) return
    const news = this.#news
    try {
      const hasAny = await this.#work.hasAny()
      if (!hasAny && this.#news === news) this.#restUntilMs = performance.now() + this.#times.longestRestMs
    } catch (thrown) {
      this.#logger.warn({ err: toAppError(thrown) }, 'it could not be read whether anything is to be done')
    }
  }

  [Symbol.dispose](): void {
    this.#resources.dispose()
  }
}
