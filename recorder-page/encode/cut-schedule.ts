/** No segment that was asked for is shorter: a cut that comes sooner after a border waits until then. */
const SHORTEST_MS = 200
/** So many cuts may be asked for in a row, and then one a second. */
const BURST = 10

export interface CutScheduleOptions {
  readonly fps: number
  readonly segmentSec: number
  /** Wall time of tick 0, epoch milliseconds. */
  readonly startMs: number
}

/**
 * Decides which pictures begin a segment: one every `segmentSec`, and those that were asked for. A cut is exact or late,
 * never early. It is late by at most 200 ms right after another border, and by at most a second when many are asked for
 * in a row: 10 at once and then one a second are made, and those that wait together become one. So a storm of triggers
 * costs at most one more key frame and segment a second, and each clip still ends on or just after its last picture.
 *
 * The regular rhythm counts from the last border, whoever asked for it: cuts replace regular borders instead of adding to
 * them, and no segment is ever longer than `segmentSec`, for which TARGETDURATION is made. A regular border that a cut
 * would follow too closely comes a little sooner, so that the cut is exact.
 */
export class CutSchedule {
  readonly #fps: number
  readonly #startMs: number
  readonly #perSegment: number
  readonly #shortest: number
  /** Ticks, in order, without repeats. */
  readonly #asked: number[] = []
  #last = Number.NEGATIVE_INFINITY
  #allowance: number
  #seen = 0

  constructor({ fps, segmentSec, startMs }: CutScheduleOptions) {
    this.#fps = fps
    this.#startMs = startMs
    this.#perSegment = Math.max(1, Math.round(segmentSec * fps))
    this.#shortest = Math.ceil((SHORTEST_MS / 1000) * fps)
    this.#allowance = BURST * fps
  }

  /**
   * Asks for a border at the next picture, or at the first whose wall time is not before `atMs`, epoch milliseconds. Both
   * count in whole milliseconds, as PROGRAM-DATE-TIME does: the time of a picture leads back to that picture.
   */
  ask(atMs?: number): void {
    const tick = atMs === undefined ? 0 : Math.ceil(((atMs - 0.5 - this.#startMs) * this.#fps) / 1000)
    const place = this.#asked.findIndex((other) => other >= tick)
    if (this.#asked[place] === tick) return
    this.#asked.splice(place === -1 ? this.#asked.length : place, 0, tick)
  }

  /** The next picture begins a segment, however soon it comes: there was a pause before it. */
  restart(): void {
    this.#last = Number.NEGATIVE_INFINITY
  }

  /** True when the picture of this tick begins a segment. Called once for each picture that is encoded, in order. */
  take(tick: number): boolean {
    this.#allowance = Math.min(BURST * this.#fps, this.#allowance + tick - this.#seen)
    this.#seen = tick
    const isRegular = tick >= this.#regular
    if (!isRegular && !this.#isAskedFor(tick)) return false
    if (!isRegular) this.#allowance -= this.#fps
    this.#last = tick
    const later = this.#asked.findIndex((asked) => asked > tick)
    this.#asked.splice(0, later === -1 ? this.#asked.length : later)
    return true
  }

  get #regular(): number {
    const due = this.#last + this.#perSegment
    const next = this.#asked.find((asked) => asked > due) ?? Number.POSITIVE_INFINITY
    return Math.min(due, Math.max(next - this.#shortest, this.#last + this.#shortest))
  }

  #isAskedFor(tick: number): boolean {
    const [first = Number.POSITIVE_INFINITY] = this.#asked
    return tick >= first && tick - this.#last >= this.#shortest && this.#allowance >= this.#fps
  }
}
