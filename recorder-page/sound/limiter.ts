import { SlidingMinimum } from './sliding-minimum.ts'

/** Peaks are held under this, about -1 dBFS, which leaves room for the overshoot of an AAC decoder. */
const CEILING = 0.89
const RELEASE_SEC = 0.15

/**
 * A look-ahead peak limiter for stereo. The gain that each sample needs is held over the look-ahead, released slowly
 * and averaged over the look-ahead again, so it is down before a peak arrives: nothing clips and nothing clicks.
 * The sound is delayed by exactly `lookAheadFrames`; sound below the ceiling passes untouched.
 */
export class Limiter {
  readonly lookAheadFrames: number
  readonly #left: Float32Array
  readonly #right: Float32Array
  readonly #gains: Float64Array
  readonly #held: SlidingMinimum
  readonly #release: number
  #released = 1
  #gainSum: number
  #position = 0

  constructor(sampleRate: number, lookAheadFrames = 240) {
    this.lookAheadFrames = lookAheadFrames
    this.#left = new Float32Array(lookAheadFrames)
    this.#right = new Float32Array(lookAheadFrames)
    this.#gains = new Float64Array(lookAheadFrames + 1).fill(1)
    this.#gainSum = lookAheadFrames + 1
    this.#held = new SlidingMinimum(lookAheadFrames + 1)
    this.#release = 1 - Math.exp(-1 / (RELEASE_SEC * sampleRate))
  }

  /** Limits one block in place; both channels have the same length. */
  process(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i += 1) {
      const inLeft = left[i] ?? 0
      const inRight = right[i] ?? 0
      const gain = this.#nextGain(Math.max(Math.abs(inLeft), Math.abs(inRight)))
      const at = this.#position % this.lookAheadFrames
      left[i] = (this.#left[at] ?? 0) * gain
      right[i] = (this.#right[at] ?? 0) * gain
      this.#left[at] = inLeft
      this.#right[at] = inRight
      this.#position += 1
    }
  }

  #nextGain(level: number): number {
    const needed = this.#held.next(level > CEILING ? CEILING / level : 1)
    this.#released = Math.min(needed, this.#released + (1 - this.#released) * this.#release)
    const at = this.#position % this.#gains.length
    this.#gainSum += this.#released - (this.#gains[at] ?? 1)
    this.#gains[at] = this.#released
    if (at === 0) this.#gainSum = this.#gains.reduce((sum, gain) => sum + gain, 0)
    return this.#gainSum / this.#gains.length
  }
}
