const WINDOW = 75
/** The place among the sorted readings that is believed: late ones of a busy machine are behind it, a stray early one before. */
const BELIEVED = 0.1
/** A mapping that is off by more than this, several times in a row, is a seek or a rebuffering, not jitter. */
const JUMP_MS = 45
const JUMP_READINGS = 3

/**
 * Maps a source's media time to the page's clock. Single readings of "media time m is shown at p" jitter evenly on an idle
 * machine, and a busy one makes many of them late, never early: their mean would say that all is late when only the readings
 * are. So the early ones are believed. After a jump it starts anew at once.
 */
export class SourceTimeline {
  readonly #spreadMs: number
  #readings: number[] = []
  #suspects: number[] = []
  #offsetMs: number | undefined

  /** `spreadMs`: over so much the readings of an idle machine are spread evenly around the truth; 0 where none is early. */
  constructor(spreadMs: number) {
    this.#spreadMs = spreadMs
  }

  /** Page-clock milliseconds of media time zero; undefined before the first reading. */
  get offsetMs(): number | undefined {
    return this.#offsetMs
  }

  /** True when this reading made the mapping start anew. */
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

  /** Of an even spread whose k-th smallest of n readings lies where on average that one does. */
  #middle(): number {
    const sorted = this.#readings.toSorted((a, b) => a - b)
    const index = Math.floor(BELIEVED * sorted.length)
    const sinceEarliest = (index + 1) / (sorted.length + 1)
    return (sorted[index] ?? 0) + (0.5 - sinceEarliest) * this.#spreadMs
  }
}
