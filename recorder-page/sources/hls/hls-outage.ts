import type { RecoveryHistory } from './hls-recovery.ts'

/** An outage is over, and its history dropped, once pictures have moved for this long. */
const HEALTHY_AFTER_MS = 10_000
/** A still picture of this length, which also counts as a stall, restarts that time. */
const HEALTHY_PAUSE_MS = 1000

/** The history of a source's present outage: from its first error until pictures have moved for a while. */
export class HlsOutage {
  #sinceMs: number | null = null
  #mediaRecoveries = 0
  #healthySinceMs: number | null = null

  /** The history before the error that came now. */
  history(nowMs: number): RecoveryHistory {
    this.#sinceMs ??= nowMs
    return { nowMs, outageSinceMs: this.#sinceMs, mediaRecoveries: this.#mediaRecoveries }
  }

  countMediaRecovery(): void {
    this.#mediaRecoveries += 1
  }

  /** Called at every frame poll; `quietMs` is the time since the newest picture. */
  onFrames(nowMs: number, quietMs: number): void {
    if (quietMs > HEALTHY_PAUSE_MS) this.#healthySinceMs = null
    else this.#healthySinceMs ??= nowMs
    if (this.#healthySinceMs === null || nowMs - this.#healthySinceMs < HEALTHY_AFTER_MS) return
    this.#sinceMs = null
    this.#mediaRecoveries = 0
  }
}
