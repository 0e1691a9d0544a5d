/** Waiting time before the first retry. */
const FIRST_MS = 500
const GROWTH = 1.5
/** Longest wait in the first minute of an outage: with loading a source is back within 5 s. */
const LONGEST_AT_FIRST_MS = 3500
const FIRST_RETRIES = 22
/** Longest wait after that: a stream that returns after hours is back within it. */
export const LONGEST_BACK_OFF_MS = 10_000
/** Share of the wait that chance may take away, so that sources cut off together do not come back together. */
const JITTER = 0.3

/** Milliseconds to wait after `failures` failed attempts in a row (1 or more). `random` is from 0 to 1. */
export function backOffMs(failures: number, random: number): number {
  const longestMs = failures <= FIRST_RETRIES ? LONGEST_AT_FIRST_MS : LONGEST_BACK_OFF_MS
  return Math.min(FIRST_MS * GROWTH ** (failures - 1), longestMs) * (1 - JITTER * random)
}
