const WINDOW = 75
/** The quantile of the readings that counts: late readings of a busy machine lie above it, a stray early one below. */
const QUANTILE = 0.1
/** Readings that are off by more than this, several in a row, are a seek or a rebuffering, not jitter. */
const JUMP_MS = 45
const JUMP_READINGS = 3

/**
 * Maps a source's media time to the page's clock. Single readings of "media time m is shown at p" jitter evenly on an idle
 * machine; a busy one makes many of them late, never early, which would shift their mean although the pictures are on time.
 * So a low quantile counts. After a jump the mapping restarts at once.
 */
export class SourceTimeline {
  readonly #spreadMs: number
  #readings: number[] = []
  #suspects: number[] = []
  #offsetMs: number | undefined

  /** `spreadMs`: the width over which the readings of an idle machine are spread evenly; 0 where none is early. */
  constructor(spreadMs: number) {
    this.#spreadMs = spreadMs
  }

  /** Page-clock milliseconds of media time zero; undefined before the first reading. */
  get offsetMs(): number | undefined {
    return this.#offsetMs
  }

  /** True when this reading began or restarted the mapping. */
  add(mediaMs: number, presentMs: number): boolean {
    const reading = presentMs - mediaMs
    const offset = this.#offsetMs
    if (offset !== undefined && Math.abs(reading - offset) > JUMP_MS) return this.#suspect(reading)
    this.#suspects = []
    this.#accept(reading)
    return offset === undefined
  }

  #suspect(reading: number): boolean {
    this.#suspects.push(reading)
    if (this.#suspects.length < JUMP_READINGS) return false
    this.#readings = []
    for (const suspect of this.#suspects) this.#accept(suspect)
    this.#suspects = []
    return true
  }

  #accept(reading: number): void {
    this.#readings.push(reading)
    if (this.#readings.length > WINDOW) this.#readings.shift()
    this.#offsetMs = this.#middle()
  }

  /** The middle of an even spread, from its k-th smallest of n readings (the expected order statistic). */
  #middle(): number {
    const sorted = this.#readings.toSorted((a, b) => a - b)
    const index = Math.floor(QUANTILE * sorted.length)
    const sinceEarliest = (index + 1) / (sorted.length + 1)
    return (sorted[index] ?? 0) + (0.5 - sinceEarliest) * this.#spreadMs
  }
}
