/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** The wait after the first failure, milliseconds; each later one is `factor` times as long. */
  readonly firstMs: number
  readonly factor: number
  /** No wait is longer. */
  readonly longestMs: number
  /** Tries in all; without it there is no end but the caller's signal. */
  readonly attempts?: number
  /** Spreads callers that failed together over the second half of each wait. */
  readonly jitter?: boolean
}

/** Every retry of the house, one row each. */
export const RETRY_POLICIES = {
  /** What a take stores: for as long as it runs. */
  store: { firstMs: 200, factor: 2, longestMs: 5_000, jitter: true },
  /** What a recorder reports, while the database is away. */
  database: { firstMs: 100, factor: 3, longestMs: 5_000 },
  /** A store that fails for a moment; one that is away is for the next pass. */
  moment: { firstMs: 500, factor: 1, longestMs: 500, attempts: 2 },
  /** A connection that is made again and again, such as the one for notifications. */
  reconnect: { firstMs: 1_000, factor: 1, longestMs: 1_000 },
} as const satisfies Record<string, RetryPolicy>

/** The wait after the failed attempt of this number, from 0, milliseconds. `random` from 0 to 1. */
export function backOffMs(
  { firstMs, factor, longestMs, jitter }: RetryPolicy,
  attempt: number,
  random: number,
): number {
  const ms = Math.min(longestMs, firstMs * factor ** attempt)
  return jitter ? ms * (0.5 + random / 2) : ms
}
