/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** The wait after the first failure, milliseconds; each later one is `factor` times as long. */
  readonly firstMs: number
  readonly factor: number
  /** No wait is longer. */
  readonly longestMs: number
  /** Tries in all; without it there is no end but the caller's signal. */
  readonly attempts?: number
  /** The share of each wait, from 0 to 1, that chance may take away: callers that failed together do not come back together. */
  readonly jitter?: number
}

/** The retry policies that the house shares, one row each. A wait that depends on a state of its own has its numbers beside that state. */
export const RETRY_POLICIES = {
  /** What a take stores: for as long as it runs. */
  store: { firstMs: 200, factor: 2, longestMs: 5_000, jitter: 0.5 },
  /** What a recorder reports, while the database is away. */
  database: { firstMs: 100, factor: 3, longestMs: 5_000 },
  /** Commands of a recording that cannot be read: its recorder waits for them. */
  commands: { firstMs: 500, factor: 1, longestMs: 500 },
  /** A store that fails for a moment; one that is away is for the next pass. */
  moment: { firstMs: 500, factor: 1, longestMs: 500, attempts: 2 },
  /** Planning a recording's clips, when the store or the database failed; without end, and news does not wait. */
  planning: { firstMs: 500, factor: 1, longestMs: 500 },
  /** A recording that several hosts close at once: each comes back at a random moment, until all is named. */
  contendedClose: { firstMs: 1_000, factor: 1, longestMs: 1_000, attempts: 8, jitter: 1 },
  /** A recorder that was to wait for a take, and failed: where there is no Chrome that helps nobody. */
  spare: { firstMs: 5_000, factor: 3, longestMs: 300_000 },
  /** A connection that is made again and again, such as the one for notifications. */
  reconnect: { firstMs: 1_000, factor: 1, longestMs: 1_000 },
  /** A source in the first minute of an outage: with loading it is back within 5 s. */
  source: { firstMs: 500, factor: 1.5, longestMs: 3_500, jitter: 0.3 },
  /** A source that stays away: one that returns after hours is back within 10 s. */
  absentSource: { firstMs: 500, factor: 1.5, longestMs: 10_000, jitter: 0.3 },
  /** A source that refuses or cannot be decoded: only a change of the source itself helps. */
  hopelessSource: { firstMs: 10_000, factor: 1, longestMs: 10_000 },
  /** An HLS stream, whose requests are small: one a second, and after minutes of trying a third of that. */
  hlsStream: { firstMs: 1_000, factor: 1, longestMs: 1_000 },
  absentHlsStream: { firstMs: 3_000, factor: 1, longestMs: 3_000 },
  /** A press of the console's button: until the service answers. */
  highlight: { firstMs: 1_500, factor: 1, longestMs: 1_500 },
  /** A client's stream of events, from break to break; each event begins the row anew. */
  eventStream: { firstMs: 250, factor: 2, longestMs: 10_000 },
  /** The console's stream of events where the client gives up, as after an answer of something in between. */
  refusedStream: { firstMs: 3_000, factor: 1, longestMs: 3_000 },
  /** A player whose media cannot be loaded or decoded: without end. */
  playback: { firstMs: 1_000, factor: 1, longestMs: 1_000 },
  /** A write into a folder that another process has removed since. */
  lostFolder: { firstMs: 0, factor: 1, longestMs: 0, attempts: 5 },
} as const satisfies Record<string, RetryPolicy>

/** The wait after the failed attempt of this number, from 0, milliseconds. `random` from 0 to 1. */
export function backOffMs(
  { firstMs, factor, longestMs, jitter = 0 }: RetryPolicy,
  attempt: number,
  random: number,
): number {
  const ms = Math.min(longestMs, firstMs * factor ** attempt)
  return ms * (1 - jitter * (1 - random))
}
