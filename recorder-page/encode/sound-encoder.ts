import { registerAacEncoder } from '@mediabunny/aac-encoder'
import { AdtsOutputFormat, AudioSample, AudioSampleSource, NullTarget, Output } from 'mediabunny'
import { InTurn } from '../../src/timing/index.ts'
import type { SendPacket } from './send-packet.ts'

/** The length of an AAC-LC frame, and of the priming that its encoder puts before the first sample (ISO/IEC 14496-3). */
export const AAC_FRAME = 1024
const CHANNELS = 2
/** So much sound is encoded at once, because each call costs more than its samples: it waits for 85 ms at most. */
const BLOCK_FRAMES = 4 * AAC_FRAME

interface SoundEncoderOptions {
  readonly sampleRate: number
  readonly bitrateKbps: number
  /** The number of AAC frames before media time zero: they prime the encoder and are not sent. */
  readonly leadFrames: number
  readonly send: SendPacket
  readonly onFailed: (error: Error) => void
}

/**
 * Encodes one unbroken run of stereo sound to AAC-LC. A packet's timestamp is the media time of the sound that a decoder
 * puts out for it: the encoder's priming packet is left out, and times count samples, so they neither drift nor have gaps.
 */
export class SoundEncoder {
  readonly #sampleRate: number
  readonly #leadFrames: number
  readonly #send: SendPacket
  readonly #onFailed: (error: Error) => void
  readonly #output: Output
  readonly #source: AudioSampleSource
  #startUs = 0
  #packets = 0
  /** Encoded so far. */
  #frames = 0
  readonly #waiting: Float32Array<ArrayBuffer>[] = []
  #waitingFrames = 0
  readonly #turns = new InTurn()

  private constructor({ sampleRate, bitrateKbps, leadFrames, send, onFailed }: SoundEncoderOptions) {
    this.#sampleRate = sampleRate
    this.#leadFrames = leadFrames
    this.#send = send
    this.#onFailed = onFailed
    this.#source = new AudioSampleSource({
      codec: 'aac',
      bitrate: bitrateKbps * 1000,
      onEncodedPacket: (packet, meta) => this.#onPacket(packet.data, meta),
    })
    this.#output = new Output({ format: new AdtsOutputFormat(), target: new NullTarget() })
    this.#output.addAudioTrack(this.#source)
  }

  static async open(options: SoundEncoderOptions): Promise<SoundEncoder> {
    registerAacEncoder()
    const encoder = new SoundEncoder(options)
    await encoder.#output.start()
    return encoder
  }

  /** The media time of the first sample; zero without it. Before anything is encoded. */
  beginAt(startUs: number): void {
    this.#startUs = startUs
  }

  /** Planar stereo, 32-bit float: all of the left channel, then all of the right. */
  encode(samples: Float32Array<ArrayBuffer>): void {
    this.#waiting.push(samples)
    this.#waitingFrames += samples.length / CHANNELS
    if (this.#waitingFrames >= BLOCK_FRAMES) this.#flush()
  }

  #flush(): void {
    if (this.#waitingFrames === 0) return
    const sample = new AudioSample({
      data: joined(this.#waiting.splice(0), this.#waitingFrames),
      format: 'f32-planar',
      numberOfChannels: CHANNELS,
      sampleRate: this.#sampleRate,
      timestamp: this.#frames / this.#sampleRate,
    })
    this.#frames += this.#waitingFrames
    this.#waitingFrames = 0
    this.#turns.run(() => this.#add(sample)).catch(this.#onFailed)
  }

  async #add(sample: AudioSample): Promise<void> {
    await this.#source.add(sample)
    sample.close()
  }

  encodeSilence(frames: number): void {
    for (let left = frames; left > 0; left -= this.#sampleRate) {
      this.encode(new Float32Array(CHANNELS * Math.min(left, this.#sampleRate)))
    }
  }

  /** Resolves when the last packet is out. */
  async finish(): Promise<void> {
    this.#flush()
    await this.#turns.ended()
    await (this.#frames === 0 ? this.#output.cancel() : this.#output.finalize())
  }

  #onPacket(data: Uint8Array, meta: EncodedAudioChunkMetadata | undefined): void {
    if (meta?.decoderConfig !== undefined) this.#sendConfig(meta.decoderConfig)
    const index = this.#packets - 1 - this.#leadFrames
    this.#packets += 1
    if (index < 0) return
    const timestampUs = this.#startUs + (index * AAC_FRAME * 1e6) / this.#sampleRate
    const durationUs = (AAC_FRAME * 1e6) / this.#sampleRate
    this.#send({ kind: 'audio', key: true, cut: false, timestampUs, durationUs, data })
  }

  #sendConfig({ codec, sampleRate, numberOfChannels, description }: AudioDecoderConfig): void {
    const config = { codec, sampleRate, numberOfChannels, description: toBase64(description) }
    const data = new TextEncoder().encode(JSON.stringify(config))
    this.#send({ kind: 'audio-config', key: false, cut: false, timestampUs: 0, durationUs: 0, data })
  }
}

/** Pieces of planar stereo as one. */
function joined(pieces: readonly Float32Array<ArrayBuffer>[], frames: number): Float32Array<ArrayBuffer> {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const samples = new Float32Array(CHANNELS * frames)
  let at = 0
  for (const piece of pieces) {
    const length = piece.length / CHANNELS
    samples.set(piece.subarray(0, length), at)
    samples.set(piece.subarray(length), frames + at)
    at += length
  }
  return samples
}

function toBase64(description: AllowSharedBufferSource | undefined): string {
  if (description === undefined) return ''
  const bytes = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description)
  return btoa(String.fromCharCode(...bytes))
}
