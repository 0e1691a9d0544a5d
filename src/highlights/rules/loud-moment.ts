import type { LoudnessReading } from '../../protocol/page-link.ts'

/** The length of sound in one reading (ITU-R BS.1770-5 §3), and the time between two. */
const WINDOW_MS = 400
const STEP_MS = 100

/**
 * Finds where the sound stays so far above its usual loudness for so long. One bang fills only the 400 ms of a
 * reading; what goes on is found once, until it was quieter again.
 */
export class LoudMoment {
  readonly #aboveLu: number
  readonly #forMs: number
  #sinceMs: number | undefined
  #isReported = false

  constructor(aboveLu: number, forSec: number) {
    this.#aboveLu = aboveLu
    this.#forMs = forSec * 1000
  }

  /** When it began, at the latest: the sound that made the first reading loud came after this time. */
  add({ atMs, lufs }: LoudnessReading, usualLufs: number | undefined): number | undefined {
    if (usualLufs === undefined || lufs < usualLufs + this.#aboveLu) {
      this.#sinceMs = undefined
      this.#isReported = false
      return undefined
    }
    this.#sinceMs ??= atMs
    if (this.#isReported || atMs - this.#sinceMs < this.#forMs - STEP_MS / 2) return undefined
    this.#isReported = true
    return this.#sinceMs - WINDOW_MS
  }
}
