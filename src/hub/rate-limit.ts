interface RateLimitOptions {
  /** How much may be taken at once. */
  readonly burst: number
  /** The rate at which that allowance refills. */
  readonly perSec: number
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** A token bucket. */
export class RateLimit {
  readonly #options: RateLimitOptions
  #allowance: number
  #lastMs: number

  constructor(options: RateLimitOptions) {
    this.#options = options
    this.#allowance = options.burst
    this.#lastMs = options.clock()
  }

  /** False when the allowance is used up. */
  take(): boolean {
    const { burst, perSec, clock } = this.#options
    const nowMs = clock()
    const refill = (Math.max(0, nowMs - this.#lastMs) / 1000) * perSec
    this.#allowance = Math.min(burst, this.#allowance + refill)
    this.#lastMs = nowMs
    if (this.#allowance < 1) return false
    this.#allowance -= 1
    return true
  }
}
