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

  /** False, and nothing is taken, when the allowance has less than that. */
  take(amount = 1): boolean {
    this.#refill()
    if (this.#allowance < amount) return false
    this.#allowance -= amount
    return true
  }

  /** Takes what there is, down to nothing: for those who count and are never refused. */
  drain(amount: number): void {
    this.#refill()
    this.#allowance = Math.max(0, this.#allowance - amount)
  }

  /** True when nothing was taken that has not come back: a new limit is the same. */
  get isFull(): boolean {
    this.#refill()
    return this.#allowance === this.#options.burst
  }

  #refill(): void {
    const { burst, perSec, clock } = this.#options
    const nowMs = clock()
    const refill = (Math.max(0, nowMs - this.#lastMs) / 1000) * perSec
    this.#allowance = Math.min(burst, this.#allowance + refill)
    this.#lastMs = nowMs
  }
}
