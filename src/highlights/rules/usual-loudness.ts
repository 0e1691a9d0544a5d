/** A minute of readings, ten a second. */
const READINGS = 600
/** The median needs as many readings as ten seconds have. */
const ENOUGH = 100
/** Quieter is a pause. If pauses counted, the first word after one would be applause. */
const PAUSE_LUFS = -50

/** The median loudness of the last minute of sound, pauses left out. */
export class UsualLoudness {
  readonly #newest: number[] = []
  readonly #sorted: number[] = []

  /** Undefined until ten seconds of sound were measured. */
  get median(): number | undefined {
    return this.#sorted.length < ENOUGH ? undefined : this.#sorted[this.#sorted.length >> 1]
  }

  add(lufs: number): void {
    if (lufs < PAUSE_LUFS) return
    this.#newest.push(lufs)
    this.#sorted.splice(this.#placeOf(lufs), 0, lufs)
    if (this.#newest.length <= READINGS) return
    const oldest = this.#newest.shift()
    if (oldest !== undefined) this.#sorted.splice(this.#placeOf(oldest), 1)
  }

  /** Of the first reading that is not less. */
  #placeOf(lufs: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] ?? 0) < lufs) low = middle + 1
      else high = middle
    }
    return low
  }
}
