/**
 * One attempt at a hand-over: a browser starts and players find their places in 7 s, on a busy machine in 20 s; a worker gives up
 * after 34 s at most.
 */
const ATTEMPT_MS = 35_000
/** Two attempts, and the time until `handover-due` is sent again. */
const TWO_ATTEMPTS_MS = 80_000

/**
 * How long before its longest age a take asks for the next one: room for two attempts, but never more than half a take, because the
 * attempt costs a second recorder. Takes of 160 s and more have room for two in full.
 */
export function handOverLeadMs(maxTakeSec: number): number {
  return Math.max(ATTEMPT_MS, Math.min(TWO_ATTEMPTS_MS, (maxTakeSec * 1000) / 2))
}
