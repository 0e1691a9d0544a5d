import { Limiter } from './limiter.ts'

/** What the worklet posts: 1024 frames of planar stereo, the size of an AAC frame (ISO/IEC 14496-3 §4.5.1.1). */
export interface SoundBlock {
  /** Context frame index of the first sample, as it went into the limiter. */
  readonly frame: number
  /** Left, then right, each `BLOCK_FRAMES` long. */
  readonly samples: Float32Array<ArrayBuffer>
}

const BLOCK_FRAMES = 1024

declare const currentFrame: number
declare const sampleRate: number
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void

/** The end of the mix: limits it and posts it to the port that its first message brings, directly to the page's worker. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #limiter = new Limiter(sampleRate)
  #out: MessagePort | undefined
  #samples = new Float32Array(2 * BLOCK_FRAMES)
  #filled = 0

  constructor() {
    super()
    this.port.onmessage = (event: MessageEvent<MessagePort>) => {
      this.#out = event.data
    }
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const input = inputs[0] ?? []
    const length = 128
    const left = this.#samples.subarray(this.#filled, this.#filled + length)
    const right = this.#samples.subarray(BLOCK_FRAMES + this.#filled, BLOCK_FRAMES + this.#filled + length)
    if (input[0] !== undefined) left.set(input[0])
    else left.fill(0)
    right.set(input[1] ?? left)
    this.#limiter.process(left, right)
    this.#filled += length
    if (this.#filled === BLOCK_FRAMES) this.#post()
    return true
  }

  #post(): void {
    const frame = currentFrame + 128 - BLOCK_FRAMES - this.#limiter.lookAheadFrames
    const block: SoundBlock = { frame, samples: this.#samples }
    this.#out?.postMessage(block, [this.#samples.buffer])
    this.#samples = new Float32Array(2 * BLOCK_FRAMES)
    this.#filled = 0
  }
}

registerProcessor('capture', CaptureProcessor)
