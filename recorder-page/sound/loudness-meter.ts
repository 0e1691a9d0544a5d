import { SAMPLE_RATE } from './sound-clock.ts'

/** One step and the four that make a momentary loudness (ITU-R BS.1770-5 §3, EBU Tech 3341 §2.2). */
const STEP_FRAMES = SAMPLE_RATE / 10
const STEPS = 4
/** The quietest reading, and the absolute gate of the recommendation (§3.1). */
const SILENCE_LUFS = -70
/** Below this a filter's state is inaudible and soon denormal. */
const NOTHING = 1e-15

/** The two stages of the K-weighting at 48 kHz: the shelf of the head, then the high-pass (BS.1770-5 tables 1 and 2). */
const SHELF = {
  b0: 1.53512485958697,
  b1: -2.69169618940638,
  b2: 1.19839281085285,
  a1: -1.69065929318241,
  a2: 0.73248077421585,
}
const HIGH_PASS = { a1: -1.99004745483398, a2: 0.99007225036621 }

/** Measures the momentary loudness of planar stereo at 48 kHz, ten times a second of sound. */
export class LoudnessMeter {
  readonly #left = new WeightedChannel()
  readonly #right = new WeightedChannel()
  readonly #onReading: (endSec: number, lufs: number) => void
  readonly #energies: number[] = []
  #energy = 0
  #frames = 0

  /** `endSec` counts the sound that was added until the end of the reading's 400 ms. */
  constructor(onReading: (endSec: number, lufs: number) => void) {
    this.#onReading = onReading
  }

  /** All of the left channel, then all of the right. */
  add(samples: Float32Array): void {
    const length = samples.length / 2
    for (let from = 0; from < length; ) {
      const to = Math.min(length, from + STEP_FRAMES - (this.#frames % STEP_FRAMES))
      this.#energy += this.#left.energyOf(samples, from, to) + this.#right.energyOf(samples, length + from, length + to)
      this.#frames += to - from
      from = to
      if (this.#frames % STEP_FRAMES === 0) this.#endStep()
    }
  }

  addSilence(frames: number): void {
    for (let left = frames; left > 0; left -= STEP_FRAMES) this.add(new Float32Array(2 * Math.min(left, STEP_FRAMES)))
  }

  #endStep(): void {
    this.#energies.push(this.#energy)
    this.#energy = 0
    this.#left.clearDenormals()
    this.#right.clearDenormals()
    if (this.#energies.length < STEPS) return
    const meanSquare = this.#energies.reduce((sum, energy) => sum + energy, 0) / (STEPS * STEP_FRAMES)
    this.#energies.shift()
    this.#onReading(this.#frames / SAMPLE_RATE, Math.max(SILENCE_LUFS, -0.691 + 10 * Math.log10(meanSquare)))
  }
}

/** One channel behind the K-weighting, as two biquads in transposed direct form II. */
class WeightedChannel {
  #shelf1 = 0
  #shelf2 = 0
  #high1 = 0
  #high2 = 0

  /** The sum of squares of the weighted samples from `from` to before `to`. */
  energyOf(samples: Float32Array, from: number, to: number): number {
    let [shelf1, shelf2, high1, high2] = [this.#shelf1, this.#shelf2, this.#high1, this.#high2]
    let energy = 0
    for (let i = from; i < to; i += 1) {
      const input = samples[i] ?? 0
      const shelved = SHELF.b0 * input + shelf1
      shelf1 = SHELF.b1 * input - SHELF.a1 * shelved + shelf2
      shelf2 = SHELF.b2 * input - SHELF.a2 * shelved
      const weighted = shelved + high1
      high1 = -2 * shelved - HIGH_PASS.a1 * weighted + high2
      high2 = shelved - HIGH_PASS.a2 * weighted
      energy += weighted * weighted
    }
    this.#shelf1 = shelf1
    this.#shelf2 = shelf2
    this.#high1 = high1
    this.#high2 = high2
    return energy
  }

  /** Zeroes a state that has decayed to nothing: denormal numbers are slow to compute with. */
  clearDenormals(): void {
    const size = Math.abs(this.#shelf1) + Math.abs(this.#shelf2) + Math.abs(this.#high1) + Math.abs(this.#high2)
    if (size > NOTHING) return
    this.#shelf1 = 0
    this.#shelf2 = 0
    this.#high1 = 0
    this.#high2 = 0
  }
}
