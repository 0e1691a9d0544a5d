/** Waiting time before the first retry. */
const FIRST_MS = 500
/** Longest waiting time: a stream that returns after hours is back within it. */
export const LONGEST_BACK_OFF_MS = 10_000
/** With it a wait is never more than half of the outage so far: after a 10 s outage a source is back within 5 s. */
const GROWTH = 1.5
/** Share of the wait that chance may take away, so that sources cut off together do not come back together. */
const JITTER = 0.3

/** Milliseconds to wait after `failures` failed attempts in a row (1 or more). `random` is from 0 to 1. */
export function backOffMs(failures: number, random: number): number {
  const wait = Math.min(FIRST_MS * GROWTH ** (failures - 1), LONGEST_BACK_OFF_MS)
  return wait * (1 - JITTER * random)
}
