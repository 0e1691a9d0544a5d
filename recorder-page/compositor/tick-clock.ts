import { after } from '../../src/timing/index.ts'

/** Ticks that are later than this are skipped: the picture stands still meanwhile, instead of catching up. */
const MAX_BEHIND_MS = 400

export interface Tick {
  /** Counts from 0; media time is `index / fps`. */
  readonly index: number
  /** Its time on the grid, on the page's clock. */
  readonly atMs: number
}

interface TickClockOptions {
  readonly fps: number
  /** Media time zero on the page's clock. */
  readonly startMs: number
  readonly now: () => number
  readonly onTick: (tick: Tick) => void
}

/**
 * Calls `onTick` once for every frame period, always on the same grid: a late tick neither moves nor drops the next. Only
 * ticks that are later than `MAX_BEHIND_MS` are skipped, and counted.
 */
export class TickClock implements Disposable {
  readonly #options: TickClockOptions
  #scheduled: Disposable | undefined
  #next = 0
  #missed = 0

  constructor(options: TickClockOptions) {
    this.#options = options
    this.#schedule()
  }

  get missed(): number {
    return this.#missed
  }

  /** The first tick at or after this time of the page's clock that has not come yet. */
  nextFrom(ms: number): number {
    return Math.max(this.#next, Math.ceil(((ms - this.#options.startMs) * this.#options.fps) / 1000))
  }

  [Symbol.dispose](): void {
    this.#scheduled?.[Symbol.dispose]()
  }

  #timeOf(index: number): number {
    return this.#options.startMs + (index * 1000) / this.#options.fps
  }

  #schedule(): void {
    const waitMs = Math.max(0, this.#timeOf(this.#next) - this.#options.now())
    this.#scheduled = after(waitMs, () => this.#run())
  }

  #run(): void {
    const behindMs = this.#options.now() - this.#timeOf(this.#next)
    if (behindMs > MAX_BEHIND_MS) {
      const skip = Math.floor((behindMs / 1000) * this.#options.fps)
      this.#missed += skip
      this.#next += skip
    }
    const index = this.#next
    this.#next += 1
    this.#schedule()
    this.#options.onTick({ index, atMs: this.#timeOf(index) })
  }
}
