/** The shortest segment that a cut may make: a cut that comes sooner after a boundary waits until then. */
const SHORTEST_MS = 200
/** The token bucket of cuts: so many at once, then one a second. */
const BURST = 10

interface CutScheduleOptions {
  readonly fps: number
  readonly segmentSec: number
  /** Wall time of tick 0, epoch milliseconds. */
  readonly startMs: number
}

/**
 * Decides which pictures begin a segment: one every `segmentSec`, and the cuts that were asked for. A cut is exact or late,
 * never early: at most 200 ms late right after another boundary, at most a second late when many are asked for in a row (a
 * token bucket: 10 at once, then one a second; waiting cuts are merged). So a burst of triggers costs at most one more key
 * frame and segment a second, and each clip still ends on or just after its last picture.
 *
 * The regular rhythm counts from the last boundary of either kind: cuts replace regular boundaries instead of adding to
 * them, and no segment is longer than `segmentSec`, which TARGETDURATION promises. A regular boundary that a cut would
 * follow too closely comes a little sooner, so that the cut is exact.
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
   * Asks for a boundary at the next picture, or at the first whose wall time is not before `atMs`, epoch milliseconds. Both
   * are whole milliseconds, as in PROGRAM-DATE-TIME: the time of a picture leads back to that picture.
   */
  ask(atMs?: number): void {
    const tick = atMs === undefined ? 0 : Math.ceil(((atMs - 0.5 - this.#startMs) * this.#fps) / 1000)
    const place = this.#asked.findIndex((other) => other >= tick)
    if (this.#asked[place] === tick) return
    this.#asked.splice(place === -1 ? this.#asked.length : place, 0, tick)
  }

  /** After a pause: the next picture begins a segment, however soon it comes. */
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
    const latest = this.#last + this.#perSegment
    const next = this.#asked.find((asked) => asked > latest) ?? Number.POSITIVE_INFINITY
    return Math.min(latest, Math.max(next - this.#shortest, this.#last + this.#shortest))
  }

  #isAskedFor(tick: number): boolean {
    const [first = Number.POSITIVE_INFINITY] = this.#asked
    return tick >= first && tick - this.#last >= this.#shortest && this.#allowance >= this.#fps
  }
}
