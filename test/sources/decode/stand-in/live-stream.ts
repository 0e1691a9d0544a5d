import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MpegTsOutputFormat,
  Output,
} from 'mediabunny'

export const FPS = 25
const RATE = 48000
const AAC_FRAME = 1024
/** H.264 baseline, 320 × 180. */
const AVCC = Uint8Array.from(
  Buffer.from('0142c00cffe100166742c00cda05067e7840000003004000000ca3c50aa801000468ce06f2', 'hex'),
)
/** The same at 640 × 360. */
const LARGE_AVCC = Uint8Array.from(
  Buffer.from('0142c01effe100196742c01ed900a02ff97011000003000100000300320f162e4801000568cb83cb20', 'hex'),
)
const PICTURES = {
  small: { codec: 'avc1.42c00c', codedWidth: 320, codedHeight: 180, description: AVCC },
  large: { codec: 'avc1.42c01e', codedWidth: 640, codedHeight: 360, description: LARGE_AVCC },
}
type Level = keyof typeof PICTURES
/** Both as levels of one stream. */
const MASTER = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.42c00c,mp4a.40.2"
small.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=600000,RESOLUTION=640x360,CODECS="avc1.42c01e,mp4a.40.2"
large.m3u8`
/** AAC-LC, 48 kHz, stereo. */
const AAC_LC = Uint8Array.of(0x11, 0x90)
const [IDR, SLICE] = [0x65, 0x41]
const NAME = /(\d+)\.ts/

/** From this segment on an encoder that was started anew: its time stamps, and what the playlist says of it. */
interface Restart {
  readonly atSegment: number
  /** Of its first sample, seconds. */
  readonly ptsSec: number
  readonly isTold: boolean
  /** Its media sequence begins at 0 again. */
  readonly countsAnew: boolean
}

interface LiveStreamOptions {
  readonly segmentSec?: number
  readonly window?: number
  /** How much faster than our clock the encoder's goes, in a million. */
  readonly ppm?: number
  readonly ptsSec?: number
  /** The number of segments of a stream on demand; without it the stream is live. */
  readonly segments?: number
  readonly restart?: Restart
  readonly hasLevels?: boolean
}

/** A stream that exists in memory, by the clock of the test. Picture n carries n in its slice, and so does sound in its frames. */
export class LiveStream {
  readonly #options: LiveStreamOptions
  readonly #segmentSec: number
  readonly #startMs = performance.now()
  /** Refuses every request while it is true. */
  isRefused = false

  constructor(options: LiveStreamOptions = {}) {
    this.#options = options
    this.#segmentSec = options.segmentSec ?? 1
  }

  get url(): string {
    return `http://stream.test/${this.#options.hasLevels === true ? 'master' : 'small'}.m3u8`
  }

  /** Undefined: not there. */
  async answer(url: string): Promise<string | Uint8Array | undefined> {
    if (this.isRefused) return undefined
    if (url.endsWith('master.m3u8')) return MASTER
    const level = url.includes('large') ? 'large' : 'small'
    if (url.endsWith('.m3u8')) return this.#playlist(level)
    const [, number] = NAME.exec(url) ?? []
    return number === undefined ? undefined : await this.#segment(level, Number(number))
  }

  #playlist(level: Level): string {
    const { window = 6, ppm = 0, segments, restart } = this.#options
    const encodedSec = ((performance.now() - this.#startMs) / 1000) * (1 + ppm / 1e6)
    const end = segments ?? window + Math.floor(encodedSec / this.#segmentSec)
    const isAnew = restart?.countsAnew === true && end > restart.atSegment
    const first = segments === undefined ? Math.max(end - window, isAnew ? restart.atSegment : 0) : 0
    const lines = Array.from({ length: end - first }, (_, i) => {
      const tag = restart?.isTold === true && first + i === restart.atSegment ? '#EXT-X-DISCONTINUITY\n' : ''
      return `${tag}#EXTINF:${this.#segmentSec.toFixed(1)},\n${level}-${first + i}.ts`
    })
    return [
      '#EXTM3U\n#EXT-X-VERSION:3',
      `#EXT-X-TARGETDURATION:${Math.ceil(this.#segmentSec)}`,
      `#EXT-X-MEDIA-SEQUENCE:${isAnew ? first - restart.atSegment : first}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${restart?.isTold === true && first > restart.atSegment ? 1 : 0}`,
      ...lines,
      ...(segments === undefined ? [] : ['#EXT-X-ENDLIST']),
    ].join('\n')
  }

  async #segment(level: Level, number: number): Promise<Uint8Array> {
    const { ptsSec = 0, restart } = this.#options
    const isAnew = restart !== undefined && number >= restart.atSegment
    const shiftSec = isAnew ? restart.ptsSec - restart.atSegment * this.#segmentSec : ptsSec
    const fromSec = number * this.#segmentSec
    const target = new BufferTarget()
    const output = new Output({ format: new MpegTsOutputFormat(), target })
    const decoderConfig = PICTURES[level]
    const video = new EncodedVideoPacketSource('avc')
    const audio = new EncodedAudioPacketSource('aac')
    output.addVideoTrack(video)
    output.addAudioTrack(audio)
    await output.start()
    const pictures = async (): Promise<void> => {
      for (let i = 0; i < FPS * this.#segmentSec; i += 1) {
        const frame = Math.round(fromSec * FPS) + i
        const data = Uint8Array.of(0, 0, 0, 5, i === 0 ? IDR : SLICE, 0x88, ...bytesOf(frame))
        const packet = new EncodedPacket(data, i === 0 ? 'key' : 'delta', frame / FPS + shiftSec, 1 / FPS)
        await video.add(packet, {
          decoderConfig,
        })
      }
    }
    const sound = async (): Promise<void> => {
      const decoderConfig = { codec: 'mp4a.40.2', sampleRate: RATE, numberOfChannels: 2, description: AAC_LC }
      const first = Math.ceil((fromSec * RATE) / AAC_FRAME)
      const end = Math.ceil(((fromSec + this.#segmentSec) * RATE) / AAC_FRAME)
      for (let frame = first; frame < end; frame += 1) {
        const sec = (frame * AAC_FRAME) / RATE + shiftSec
        await audio.add(new EncodedPacket(bytesOf(frame), 'key', sec, AAC_FRAME / RATE), { decoderConfig })
      }
    }
    await Promise.all([pictures(), sound()])
    await output.finalize()
    return new Uint8Array(target.buffer ?? new ArrayBuffer(0))
  }
}

/** Three bytes, none of which is 0: nothing in them looks like a start code (ITU-T H.264 §7.4.1). */
function bytesOf(number: number): Uint8Array {
  return Uint8Array.of(0x80 | (number >> 14), 0x80 | ((number >> 7) & 0x7f), 0x80 | (number & 0x7f))
}

export function numberOf(bytes: Uint8Array): number {
  const [high = 0, middle = 0, low = 0] = bytes.subarray(-3)
  return ((high & 0x7f) << 14) | ((middle & 0x7f) << 7) | (low & 0x7f)
}
