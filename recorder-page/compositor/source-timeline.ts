/** Presentation times come on a 60 Hz grid, so single readings are off by up to one refresh, 17 ms. */
const WINDOW = 75
/** A mapping that is off by more than this, several times in a row, is a seek or a rebuffering, not jitter. */
const JUMP_MS = 45
const JUMP_READINGS = 3

/**
 * Maps a source's media time to the page's clock. Single readings of "media time m is shown at p" jitter; their running
 * mean is exact to a millisecond and moves only as fast as the clocks drift. After a jump it starts anew at once.
 */
export class SourceTimeline {
  #readings: number[] = []
  #sum = 0
  #suspects: number[] = []

  /** Page-clock milliseconds of media time zero; undefined before the first reading. */
  get offsetMs(): number | undefined {
    return this.#readings.length === 0 ? undefined : this.#sum / this.#readings.length
  }

  /** True when this reading made the mapping start anew. */
  add(mediaMs: number, presentMs: number): boolean {
    const reading = presentMs - mediaMs
    const offset = this.offsetMs
    if (offset !== undefined && Math.abs(reading - offset) > JUMP_MS) return this.#suspect(reading)
    this.#suspects = []
    this.#accept(reading)
    return offset === undefined
  }

  #suspect(reading: number): boolean {
    this.#suspects.push(reading)
    if (this.#suspects.length < JUMP_READINGS) return false
    this.#readings = []
    this.#sum = 0
    for (const suspect of this.#suspects) this.#accept(suspect)
    this.#suspects = []
    return true
  }

  #accept(reading: number): void {
    this.#readings.push(reading)
    this.#sum += reading
    if (this.#readings.length > WINDOW) this.#sum -= this.#readings.shift() ?? 0
  }
}
