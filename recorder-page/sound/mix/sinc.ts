/** Samples on either side of a place that count for it, and the places between two samples that are computed in advance. */
export const REACH = 16
const PHASES = 256
/** Of a Kaiser window: 80 dB between what is kept and what is left out (Oppenheim and Schafer, §7.5.3). */
const BETA = 7.9
/** Of the lower Nyquist rate: above it the filter goes down. */
const PASS = 0.94

/** Reads a channel between its samples, band-limited: a windowed sinc as a table of phases. */
export class Sinc {
  readonly #table: Float32Array

  /** `step` is how many samples two places are apart: above 1 what cannot be told at the lower rate is filtered out. */
  constructor(step: number) {
    this.#table = buildTable(PASS / Math.max(1, step))
  }

  /** The value at this place of the channel; `REACH` samples before and behind it are read. */
  at(channel: Float32Array, place: number): number {
    const before = Math.floor(place)
    const exact = (place - before) * PHASES
    const phase = Math.floor(exact)
    const blend = exact - phase
    const row = phase * 2 * REACH
    const first = before - REACH + 1
    let sum = 0
    for (let tap = 0; tap < 2 * REACH; tap += 1) {
      const low = this.#table[row + tap] ?? 0
      const high = this.#table[row + 2 * REACH + tap] ?? 0
      sum += (channel[first + tap] ?? 0) * (low + (high - low) * blend)
    }
    return sum
  }
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
