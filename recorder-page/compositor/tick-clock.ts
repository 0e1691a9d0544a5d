/** Further behind than this, ticks are given up: the picture stands still for as long, instead of running after. */
const MAX_BEHIND_MS = 400

/** What a tick is given. */
export interface Tick {
  /** Counts from 0; media time is `index / fps`. */
  readonly index: number
  /** When it was due, on the page's clock. */
  readonly atMs: number
}

export interface TickClockOptions {
  readonly fps: number
  /** Media time zero on the page's clock. */
  readonly startMs: number
  readonly now: () => number
  readonly onTick: (tick: Tick) => void
}

/**
 * Calls `onTick` once for every frame period, for ever on the same grid: a late tick neither moves nor drops the next.
 * Only ticks that are hopelessly late are left out, and counted.
 */
export class TickClock implements Disposable {
  readonly #options: TickClockOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #next = 0
  #missed = 0

  constructor(options: TickClockOptions) {
    this.#options = options
    this.#schedule()
  }

  get missed(): number {
    return this.#missed
  }

  /** The first tick that is not due before this time of the page's clock and has not come yet. */
  nextFrom(ms: number): number {
    return Math.max(this.#next, Math.ceil(((ms - this.#options.startMs) * this.#options.fps) / 1000))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #dueMs(index: number): number {
    return this.#options.startMs + (index * 1000) / this.#options.fps
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#dueMs(this.#next) - this.#options.now()))
  }

  #run(): void {
    const behindMs = this.#options.now() - this.#dueMs(this.#next)
    if (behindMs > MAX_BEHIND_MS) {
      const skip = Math.floor((behindMs / 1000) * this.#options.fps)
      this.#missed += skip
      this.#next += skip
    }
    const index = this.#next
    this.#next += 1
    this.#schedule()
    this.#options.onTick({ index, atMs: this.#dueMs(index) })
  }
}
