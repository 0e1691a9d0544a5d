import { within } from '../../src/timing/index.ts'
import type { SoundBlock } from '../sound/capture-worklet.ts'
import type { LoudnessMeter } from '../sound/loudness-meter.ts'
import { SAMPLE_RATE } from '../sound/sound-clock.ts'
import { ofLength } from './of-length.ts'
import type { SoundEncoder } from './sound-encoder.ts'
import type { SoundTimeline } from './sound-timeline.ts'

/** Silence takes the place of sound that is later than this, so that sound never delays a segment. */
const SOUND_PATIENCE_MS = 800

interface SoundRunOptions {
  readonly encoder: Pick<SoundEncoder, 'encode' | 'encodeSilence' | 'finish'>
  readonly timeline: SoundTimeline
  /** The run begins with so much sound of before its time zero. */
  readonly leadMs: number
  /** It measures everything that is encoded, so the time of its readings is media time. */
  readonly meter: LoudnessMeter | undefined
}

/** One unbroken run of sound: from the beginning of a take, or the end of a pause, to the next pause or the end. */
export class SoundRun {
  readonly #options: SoundRunOptions
  #endFrame = Number.POSITIVE_INFINITY
  #onEnd: (() => void) | undefined

  constructor(options: SoundRunOptions) {
    this.#options = options
  }

  add({ frame, samples }: SoundBlock): void {
    const { timeline } = this.#options
    if (!timeline.ready) return
    const { silence, skip, stretch } = timeline.place(frame, samples.length / 2)
    const length = samples.length / 2 + stretch
    const beyond = Math.max(0, timeline.written - this.#endFrame)
    this.#addSilence(Math.max(0, silence - Math.max(0, beyond - (length - skip))))
    const end = length - beyond
    if (skip < end) this.#addSound(partOf(ofLength(samples, length), skip, end))
    if (timeline.written >= this.#endFrame) this.#onEnd?.()
  }

  /** Puts silence in the place of sound that is too late; the picture is at this time of the run. */
  fill(runMs: number): void {
    this.#addSilence(this.#options.timeline.fill(runMs + this.#options.leadMs - SOUND_PATIENCE_MS))
  }

  /** Ends the sound at this time of the run, to the sample, after sound that is still on its way. Resolves with the last packet. */
  async endAt(runMs: number): Promise<void> {
    const { timeline, leadMs } = this.#options
    this.#endFrame = Math.round(((runMs + leadMs) / 1000) * SAMPLE_RATE)
    if (timeline.written < this.#endFrame) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onEnd = resolve
      await within(SOUND_PATIENCE_MS, promise, () => undefined)
    }
    this.#addSilence(timeline.fill(runMs + leadMs))
    await this.finish()
  }

  /** Resolves when the last packet of what was added is out. */
  async finish(): Promise<void> {
    await this.#options.encoder.finish()
  }

  #addSound(samples: Float32Array<ArrayBuffer>): void {
    this.#options.meter?.add(samples)
    this.#options.encoder.encode(samples)
  }

  #addSilence(frames: number): void {
    this.#options.meter?.addSilence(frames)
    this.#options.encoder.encodeSilence(frames)
  }
}

/** Planar stereo from frame `from` to before `end`. */
function partOf(samples: Float32Array<ArrayBuffer>, from: number, end: number): Float32Array<ArrayBuffer> {
  const length = samples.length / 2
  if (from === 0 && end === length) return samples
  const part = new Float32Array(2 * (end - from))
  part.set(samples.subarray(from, end))
  part.set(samples.subarray(length + from, length + end), end - from)
  return part
}
