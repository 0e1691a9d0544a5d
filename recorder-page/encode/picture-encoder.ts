import { SliceQp } from '../../src/h264/index.ts'
import type { VideoSettings } from '../../src/protocol/video.ts'
import { type BitRate, RateControl } from './rate-control.ts'
import type { SendPacket } from './send-packet.ts'

/** Pictures that may wait for the encoder. A further one is dropped before it is encoded, so that delay does not build up. */
const MAX_QUEUE = 12

/** A smaller change of the bit rate is not worth a call. */
const APPLIED_FROM = 0.02

/** Level limits of H.264 in macroblocks per second and per picture (ITU-T H.264 table A-1), with the level's code. */
const LEVELS: readonly (readonly [perSecond: number, perPicture: number, code: string])[] = [
  [108_000, 3_600, '1F'],
  [216_000, 5_120, '20'],
  [245_760, 8_192, '28'],
  [522_240, 8_704, '2A'],
  [589_824, 22_080, '32'],
  [983_040, 36_864, '33'],
  [2_073_600, 36_864, '34'],
]

/** The `avc1` codec string of High profile at the lowest level that fits (RFC 6381 §3.3). */
export function codecString({ width, height, fps }: VideoSettings): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16)
  const level = LEVELS.find(([perSecond, perPicture]) => blocks <= perPicture && blocks * fps <= perSecond)
  return `avc1.6400${level?.[2] ?? '34'}`
}

function encoderConfig(video: VideoSettings, bitrate: number): VideoEncoderConfig {
  return {
    codec: codecString(video),
    width: video.width,
    height: video.height,
    framerate: video.fps,
    bitrate,
    bitrateMode: 'variable',
    latencyMode: 'realtime',
    hardwareAcceleration: 'prefer-software',
    avc: { format: 'annexb' },
  }
}

/**
 * Encodes the recording's pictures once, as H.264 in Annex B, with no more bits than their quality needs and than the bit rate of the
 * recording allows. A segment begins with every key frame, and only there.
 */
export class PictureEncoder {
  readonly #encoder: VideoEncoder
  readonly #send: SendPacket
  readonly #frameUs: number
  readonly #video: VideoSettings
  readonly #qp = new SliceQp()
  readonly #rate: BitRate
  #bitrate: number
  #encoded = 0

  constructor(
    video: VideoSettings,
    send: SendPacket,
    onFailed: (error: Error) => void,
    rate: BitRate = new RateControl(video.bitrateKbps * 1000, video.fps),
  ) {
    this.#send = send
    this.#frameUs = 1e6 / video.fps
    this.#encoder = new VideoEncoder({ output: (chunk) => this.#onChunk(chunk), error: onFailed })
    this.#video = video
    this.#rate = rate
    this.#bitrate = this.#rate.bitsPerSecond
    this.#encoder.configure(encoderConfig(video, this.#bitrate))
  }

  /** The next picture is another one altogether: it gets all the bits that there are. */
  expectChange(): void {
    this.#rate.expectChange()
  }

  get encoded(): number {
    return this.#encoded
  }

  get queue(): number {
    return this.#encoder.encodeQueueSize
  }

  /** True when one more picture would only wait. */
  get isFull(): boolean {
    return this.#encoder.encodeQueueSize >= MAX_QUEUE
  }

  /** Encodes and closes the picture. `cut` begins a segment with it. */
  encode(picture: VideoFrame, options: { readonly cut: boolean }): void {
    this.#applyRate()
    this.#encoder.encode(picture, { keyFrame: options.cut })
    picture.close()
  }

  /** Resolves when every picture so far is out. */
  async flush(): Promise<void> {
    await this.#encoder.flush()
  }

  async finish(): Promise<void> {
    await this.flush()
    this.#encoder.close()
  }

  /** A new bit rate makes no new encoder and no key frame. */
  #applyRate(): void {
    const { bitsPerSecond } = this.#rate
    if (Math.abs(bitsPerSecond - this.#bitrate) < APPLIED_FROM * this.#bitrate) return
    this.#bitrate = bitsPerSecond
    this.#encoder.configure(encoderConfig(this.#video, bitsPerSecond))
  }

  #onChunk(chunk: EncodedVideoChunk): void {
    this.#encoded += 1
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    const key = chunk.type === 'key'
    this.#rate.add({ bytes: data.byteLength, isKey: key, qp: this.#qp.read(data) })
    this.#send({
      kind: 'video',
      key,
      cut: key,
      timestampUs: chunk.timestamp,
      durationUs: chunk.duration ?? this.#frameUs,
      data,
    })
  }
}
