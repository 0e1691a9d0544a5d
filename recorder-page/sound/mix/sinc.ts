/** Left and right, of one length. */
export interface Stereo {
  readonly left: Float32Array
  readonly right: Float32Array
}

/** Samples on either side of a place that count for it. */
export const REACH = 16
/** Places between two samples that are computed in advance: all that 32, 44.1 and 96 kHz have at 48 kHz are among them. */
const PHASES = 480
/** A place that is this near to one of them is that one. */
const SAME_PHASE = 1e-3
/** Of a Kaiser window: 80 dB between what is kept and what is left out (Oppenheim and Schafer, §7.5.3). */
const BETA = 7.9
/** Of the lower Nyquist rate: above it the filter goes down. */
const PASS = 0.94

/** Reads sound between its samples, band-limited: a windowed sinc as a table of phases. */
export class Sinc {
  readonly #table: Float32Array

  /** `step` is how many samples two places are apart: above 1 what cannot be told at the lower rate is filtered out. */
  constructor(step: number) {
    this.#table = buildTable(PASS / Math.max(1, step))
  }

  /** Fills `out` with what the sound is at `place` and every `step` behind it; `REACH` samples before and behind each are read. */
  read(sound: Stereo, { place, step }: { readonly place: number; readonly step: number }, out: Stereo): void {
    for (let i = 0; i < out.left.length; i += 1) {
      const at = place + i * step
      const before = Math.floor(at)
      const exact = (at - before) * PHASES
      const phase = Math.floor(exact + SAME_PHASE)
      const first = before - REACH + 1
      const blend = exact - phase
      out.left[i] = this.#sum(sound.left, first, phase)
      out.right[i] = sound.left === sound.right ? (out.left[i] ?? 0) : this.#sum(sound.right, first, phase)
      if (blend < SAME_PHASE) continue
      out.left[i] = between(out.left[i] ?? 0, this.#sum(sound.left, first, phase + 1), blend)
      out.right[i] = between(out.right[i] ?? 0, this.#sum(sound.right, first, phase + 1), blend)
    }
  }

  #sum(channel: Float32Array, first: number, phase: number): number {
    const table = this.#table
    const row = phase * 2 * REACH
    let sum = 0
    for (let tap = 0; tap < 2 * REACH; tap += 1) sum += (channel[first + tap] ?? 0) * (table[row + tap] ?? 0)
    return sum
  }
}

function between(low: number, high: number, blend: number): number {
  return low + (high - low) * blend
}

/** One row for each phase, and one for the next whole sample. Each row sums to 1, so that a constant stays what it is. */
function buildTable(cutoff: number): Float32Array {
  const table = new Float32Array((PHASES + 1) * 2 * REACH)
  for (let phase = 0; phase <= PHASES; phase += 1) {
    const row = Float64Array.from({ length: 2 * REACH }, (_, tap) => {
      const x = tap - (REACH - 1) - phase / PHASES
      return sinc(cutoff * x) * kaiser(x / REACH)
    })
    const sum = row.reduce((total, value) => total + value, 0)
    for (const [tap, value] of row.entries()) table[phase * 2 * REACH + tap] = value / sum
  }
  return table
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA)
}

/** The modified Bessel function of the first kind, of order zero, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
