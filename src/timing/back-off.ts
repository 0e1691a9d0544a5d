import { delay } from './delay.ts'
import { backOffMs, type RetryPolicy } from './policies.ts'

/** The back-off between attempts that `retry` cannot span, such as the lives of a connection that is made again and again. */
export class BackOff {
  readonly #policy: RetryPolicy
  #failures = 0

  constructor(policy: RetryPolicy) {
    this.#policy = policy
  }

  /** True at the first failure of a row, until it was waited for. */
  get isFresh(): boolean {
    return this.#failures === 0
  }

  /** An attempt was good: the next failure begins a new row. */
  reset(): void {
    this.#failures = 0
  }

  /** Waits as the policy says for this failure; less when aborted. It never throws. */
  async wait(signal?: AbortSignal): Promise<void> {
    const ms = backOffMs(this.#policy, this.#failures, Math.random())
    this.#failures += 1
    await delay(ms, { signal })
  }
}
