/** The reserve of a stream is judged once in this time: long enough that some segment comes without a delay. */
const WINDOW_MS = 60_000
/** From a change of the reserve by so many segments on it is brought back; when a segment is found depends on when it is asked for. */
const CORRECT_FROM = 0.75
/** Until it is this near. */
const CORRECT_TO = 0.25
/** By so much faster or slower: 1.7 cents of pitch, and more than two quartz clocks are apart. */
const RATE_CHANGE = 0.001

/**
 * Keeps the reserve of a live stream constant over hours, although the clock of its encoder is not ours. The reserve is how far the
 * newest media lies ahead of what is played when it arrives. A network delays arrivals, so only the largest of a minute counts.
 */
export class LiveDrift {
  #windowEndsMs: number | undefined
  #largestMs = Number.NEGATIVE_INFINITY
  #wantedMs: number | undefined
  #rate = 1

  /** At which rate to play. */
  get rate(): number {
    return this.#rate
  }

  /** A new segment of this length has come whose end lies so far ahead of what is played now. */
  add(reserveMs: number, segmentMs: number, nowMs: number): void {
    this.#windowEndsMs ??= nowMs + WINDOW_MS
    if (nowMs < this.#windowEndsMs) {
      this.#largestMs = Math.max(this.#largestMs, reserveMs)
      return
    }
    this.#judge(this.#largestMs, segmentMs)
    this.#windowEndsMs = nowMs + WINDOW_MS
    this.#largestMs = reserveMs
  }

  /** Playing was interrupted or moved: there is another reserve now, which is as good. */
  restart(): void {
    this.#windowEndsMs = undefined
    this.#largestMs = Number.NEGATIVE_INFINITY
    this.#wantedMs = undefined
    this.#rate = 1
  }

  #judge(reserveMs: number, segmentMs: number): void {
    this.#wantedMs ??= reserveMs
    const excessMs = reserveMs - this.#wantedMs
    if (Math.abs(excessMs) >= CORRECT_FROM * segmentMs) this.#rate = 1 + Math.sign(excessMs) * RATE_CHANGE
    else if (Math.abs(excessMs) <= CORRECT_TO * segmentMs) this.#rate = 1
  }
}
