/** A third of what the service gives a session: a renewal may fail for hours. */
const RENEW_MS = 4 * 3600 * 1000
/** Timers stand still while a laptop sleeps, so the clock is asked this often. */
const LOOK_MS = 15_000

/**
 * Renews now and every four hours, by the clock, for as long as the page lives; a renewal that fails is tried again soon.
 * Resolves when the first one has ended, well or not.
 */
export async function keepRenewed(renew: () => Promise<void>): Promise<void> {
  let dueMs = 0
  const look = async () => {
    const nowMs = Date.now()
    if (nowMs < dueMs) return
    dueMs = nowMs + RENEW_MS
    // Whoever needs what is renewed hears why it cannot be had.
    await renew().catch(() => {
      dueMs = 0
    })
  }
  setInterval(look, LOOK_MS)
  await look()
}
