import { repeat } from '../../src/timing/index.ts'

/** A third of a session's lifetime: renewals may fail for hours. */
const RENEW_MS = 4 * 3600 * 1000
/** Timers stop while a laptop sleeps, so the clock is checked this often. */
const CHECK_MS = 15_000

/**
 * Renews now and every four hours of the clock, for as long as the page lives; a failed renewal is repeated at the next check.
 * Resolves when the first one has ended, successful or not.
 */
export async function keepRenewed(renew: () => Promise<void>): Promise<void> {
  let nextMs = 0
  const renewIfDue = async () => {
    const nowMs = Date.now()
    if (nowMs < nextMs) return
    nextMs = nowMs + RENEW_MS
    // The call that needs the session reports the error.
    await renew().catch(() => {
      nextMs = 0
    })
  }
  await repeat({ everyMs: CHECK_MS, work: renewIfDue, atOnce: true }).runNow()
}
