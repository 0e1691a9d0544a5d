import { REACH, Sinc, type Stereo } from './sinc.ts'

/** Brings one unbroken run of stereo sound from one sample rate to another, block by block, without a seam. */
export class RateConverter {
  readonly inRate: number
  readonly #step: number
  readonly #sinc: Sinc
  #tail: Stereo = silence(2 * REACH)
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
    const isMono = block.left === block.right && this.#tail.left === this.#tail.right
    const right = isMono ? left : joined(this.#tail.right, block.right)
    const count = Math.max(0, Math.ceil((length - REACH - this.#place) / this.#step))
    const out = { left: new Float32Array(count), right: new Float32Array(count) }
    this.#sinc.read({ left, right }, { place: 2 * REACH + this.#place, step: this.#step }, out)
    this.#place += count * this.#step - length
    const tail = left.slice(-2 * REACH)
    this.#tail = { left: tail, right: isMono ? tail : right.slice(-2 * REACH) }
    return out
  }
}

function silence(frames: number): Stereo {
  const channel = new Float32Array(frames)
  return { left: channel, right: channel }
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  const both = new Float32Array(before.length + after.length)
  both.set(before)
  both.set(after, before.length)
  return both
}
