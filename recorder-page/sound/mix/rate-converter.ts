import { REACH, Sinc } from './sinc.ts'

export interface Stereo {
  readonly left: Float32Array
  readonly right: Float32Array
}

/** Brings one unbroken run of stereo sound from one sample rate to another, block by block, without a seam. */
export class RateConverter {
  readonly inRate: number
  readonly #step: number
  readonly #sinc: Sinc
  #tail: Stereo = { left: new Float32Array(2 * REACH), right: new Float32Array(2 * REACH) }
  /** The place of the next sample, counted from the first one of the next block. */
  #place = 0

  constructor(inRate: number, outRate: number) {
    this.inRate = inRate
    this.#step = inRate / outRate
    this.#sinc = new Sinc(this.#step)
  }

  /** How much earlier than the next block what comes out of it begins, seconds. */
  get leadSec(): number {
    return -this.#place / this.inRate
  }

  /** What is known for sure: the last few samples of a block come with the next one. */
  convert(block: Stereo): Stereo {
    const { length } = block.left
    const left = joined(this.#tail.left, block.left)
    const right = joined(this.#tail.right, block.right)
    const count = Math.max(0, Math.ceil((length - REACH - this.#place) / this.#step))
    const out = { left: new Float32Array(count), right: new Float32Array(count) }
    for (let i = 0; i < count; i += 1) {
      const place = 2 * REACH + this.#place + i * this.#step
      out.left[i] = this.#sinc.at(left, place)
      out.right[i] = this.#sinc.at(right, place)
    }
    this.#place += count * this.#step - length
    this.#tail = { left: left.slice(-2 * REACH), right: right.slice(-2 * REACH) }
    return out
  }
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  const both = new Float32Array(before.length + after.length)
  both.set(before)
  both.set(after, before.length)
  return both
}
