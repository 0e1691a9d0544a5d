import type { RecoveryHistory } from './hls-recovery.ts'

/** After this long of moving pictures an outage is over and its history forgotten. */
const HEALTHY_AFTER_MS = 10_000
/** A pause of this length starts that time anew; it is what counts as a stall elsewhere. */
const HEALTHY_PAUSE_MS = 1000

/** What was tried in the present outage of a source, from its first error until pictures have moved for a while. */
export class HlsOutage {
  #sinceMs: number | null = null
  #mediaRecoveries = 0
  #healthySinceMs: number | null = null

  /** An error came; what was tried before it. */
  history(nowMs: number): RecoveryHistory {
    this.#sinceMs ??= nowMs
    return { nowMs, outageSinceMs: this.#sinceMs, mediaRecoveries: this.#mediaRecoveries }
  }

  countMediaRecovery(): void {
    this.#mediaRecoveries += 1
  }

  /** To be called often; `quietMs` is the time since the newest picture. */
  observe(nowMs: number, quietMs: number): void {
    if (quietMs > HEALTHY_PAUSE_MS) this.#healthySinceMs = null
    else this.#healthySinceMs ??= nowMs
    if (this.#healthySinceMs === null || nowMs - this.#healthySinceMs < HEALTHY_AFTER_MS) return
    this.#sinceMs = null
    this.#mediaRecoveries = 0
  }
}
