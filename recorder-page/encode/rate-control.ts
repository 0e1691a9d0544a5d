/** A mean quantizer of pictures between key frames from which on more bits are not seen (docs/benchmarks.md, "Quality"). */
const TARGET_QP = 24
/** Within so much of it the rate is left alone. */
const TOLERANCE_QP = 1
/** A picture this much coarser than wanted comes from a change of the scene. */
const CHANGE_QP = 8
/** H.264 halves or doubles its bits every six steps of the quantizer; half as fast keeps the loop from swinging. */
const QP_PER_OCTAVE = 12
/** A window lowers the rate by a fifth at most: what is still for a moment will move again. */
const LOWER_MAX = 0.8
/** What no picture is worth less than, of the cap. */
const FLOOR = 0.2
/** An encoder that uses less than this of its rate does not need it: the picture is as fine as it gets. */
const RATE_LIMITED = 0.7
const WINDOW_SEC = 1

interface EncodedPicture {
  readonly bytes: number
  readonly isKey: boolean
  /** The quantizer of its slices; undefined where it could not be read. */
  readonly qp: number | undefined
}

/** The bit rate that an encoder shall aim at, bits per second. */
export interface BitRate {
  readonly bitsPerSecond: number
  /** The whole picture changes with the next one. */
  expectChange(): void
  add(picture: EncodedPicture): void
}

/**
 * Holds the quality of the picture under a cap of the bit rate: where the quantizer is finer than can be seen, it lowers the rate that
 * the encoder aims at, slowly; where it is coarser it raises the rate at once, up to the cap.
 */
export class RateControl implements BitRate {
  readonly #capBps: number
  readonly #fps: number
  #bps: number
  #pictures = 0
  #bytes = 0
  #qps: number[] = []

  constructor(capBps: number, fps: number) {
    this.#capBps = capBps
    this.#bps = capBps
    this.#fps = fps
  }

  get bitsPerSecond(): number {
    return this.#bps
  }

  expectChange(): void {
    this.#raiseToCap()
  }

  add({ bytes, isKey, qp }: EncodedPicture): void {
    this.#pictures += 1
    this.#bytes += bytes
    if (qp !== undefined && !isKey) this.#qps.push(qp)
    if (qp !== undefined && !isKey && qp > TARGET_QP + CHANGE_QP) this.#raiseToCap()
    else if (this.#pictures >= this.#fps * WINDOW_SEC) this.#judge()
  }

  #judge(): void {
    const spentBps = (this.#bytes * 8 * this.#fps) / this.#pictures
    const meanQp = this.#qps.reduce((sum, qp) => sum + qp, 0) / this.#qps.length
    const off = meanQp - TARGET_QP
    if (off > TOLERANCE_QP) this.#bps = Math.min(this.#capBps, this.#bps * 2 ** (off / (QP_PER_OCTAVE / 2)))
    else if (off < -TOLERANCE_QP && spentBps > RATE_LIMITED * this.#bps) this.#lower(2 ** (off / QP_PER_OCTAVE))
    this.#restart()
  }

  #lower(factor: number): void {
    this.#bps = Math.max(FLOOR * this.#capBps, this.#bps * Math.max(LOWER_MAX, factor))
  }

  #raiseToCap(): void {
    this.#bps = this.#capBps
    this.#restart()
  }

  #restart(): void {
    this.#pictures = 0
    this.#bytes = 0
    this.#qps = []
  }
}
