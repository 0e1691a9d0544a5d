/** Two samples of one stream are decoded at least so far apart, seconds. */
const STEP_SEC = 0.0005

interface Timed {
  readonly timestamp: number
}

interface Placed<Packet> {
  readonly packet: Packet
  /** It has to be decoded before anything that is shown then. */
  readonly dtsSec: number
}

/**
 * Gives packets that come in the order of decoding, and know only when they are shown, a time of decoding: no later than that of the
 * first picture that is shown after them, nor than their own.
 */
export class DecodeOrder<Packet extends Timed> {
  /** How many packets later one may come that is shown earlier: 16 in H.264 (ITU-T H.264 §A.3.1). */
  readonly #depth: number
  #waiting: Packet[] = []
  #lastSec = Number.NEGATIVE_INFINITY

  constructor(depth: number) {
    this.#depth = depth
  }

  /** Returns what is placed now. */
  add(packet: Packet): readonly Placed<Packet>[] {
    this.#waiting.push(packet)
    return this.#waiting.length > this.#depth ? [this.#takeFirst()] : []
  }

  /** No further packet comes. */
  end(): readonly Placed<Packet>[] {
    return Array.from({ length: this.#waiting.length }, () => this.#takeFirst())
  }

  #takeFirst(): Placed<Packet> {
    const earliest = Math.min(...this.#waiting.map(({ timestamp }) => timestamp))
    const packet = this.#waiting.shift()
    if (packet === undefined) throw new Error('No packet waits')
    this.#lastSec = Math.max(this.#lastSec + STEP_SEC, earliest)
    return { packet, dtsSec: this.#lastSec }
  }
}
