import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  MpegTsOutputFormat,
  Output,
  type OutputFormat,
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
const OWN_SOUND = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,URI="sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.42c00c,mp4a.40.2",AUDIO="sound"
small.m3u8`
/** AAC-LC, 48 kHz, stereo. */
const AAC_LC = Uint8Array.of(0x11, 0x90)
const [IDR, SLICE] = [0x65, 0x41]
const NAME = /(\d+)\.(?:ts|m4s)/
const FILE_SEC = 60

type Kind = 'video' | 'audio'
const BOTH: readonly Kind[] = ['video', 'audio']

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
  /** Of so many pictures only one is sent, as of a shared screen. */
  readonly oneOf?: number
  /** What it has. */
  readonly kinds?: readonly Kind[]
  /** How much later than its picture the sound of the same moment is stamped, seconds. */
  readonly soundLateSec?: number
  /** The sound has a playlist of its own. */
  readonly hasOwnSound?: boolean
  /** Segments are fragments of MP4; there are no more than `FILE_SEC` of it. */
  readonly isFmp4?: boolean
}

/** A stream that exists in memory, by the clock of the test. Picture n carries n in its slice, and so does sound in its frames. */
export class LiveStream {
  readonly #options: LiveStreamOptions
  readonly #segmentSec: number
  readonly #startMs = performance.now()
  /** Refuses every request while it is true. */
  isRefused = false
  #pieces: readonly Uint8Array[] | undefined

  constructor(options: LiveStreamOptions = {}) {
    this.#options = options
    this.#segmentSec = options.segmentSec ?? 1
  }

  get url(): string {
    const { hasLevels = false, hasOwnSound = false } = this.#options
    return `http://stream.test/${hasLevels || hasOwnSound ? 'master' : 'small'}.m3u8`
  }

  /** Undefined: not there. */
  async answer(url: string): Promise<string | Uint8Array | undefined> {
    if (this.isRefused) return undefined
    if (url.endsWith('master.m3u8')) return this.#options.hasOwnSound === true ? OWN_SOUND : MASTER
    const level = url.includes('large') ? 'large' : 'small'
    const isSound = url.includes('sound')
    if (url.endsWith('.m3u8')) return this.#playlist(isSound ? 'sound' : level)
    const [, number] = NAME.exec(url) ?? []
    if (this.#options.isFmp4 === true)
      return await this.#piece(level, number === undefined ? undefined : Number(number))
    return number === undefined ? undefined : await this.#segment(level, Number(number), isSound)
  }

  #playlist(level: Level | 'sound'): string {
    const { window = 6, ppm = 0, segments, restart, isFmp4 = false } = this.#options
    const encodedSec = ((performance.now() - this.#startMs) / 1000) * (1 + ppm / 1e6)
    const end = segments ?? window + Math.floor(encodedSec / this.#segmentSec)
    const isAnew = restart?.countsAnew === true && end > restart.atSegment
    const first = segments === undefined ? Math.max(end - window, isAnew ? restart.atSegment : 0) : 0
    const lines = Array.from({ length: end - first }, (_, i) => {
      const tag = restart?.isTold === true && first + i === restart.atSegment ? '#EXT-X-DISCONTINUITY\n' : ''
      return `${tag}#EXTINF:${this.#segmentSec.toFixed(1)},\n${level}-${first + i}.${isFmp4 ? 'm4s' : 'ts'}`
    })
    return [
      '#EXTM3U\n#EXT-X-VERSION:7',
      `#EXT-X-TARGETDURATION:${Math.ceil(this.#segmentSec)}`,
      `#EXT-X-MEDIA-SEQUENCE:${isAnew ? first - restart.atSegment : first}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${restart?.isTold === true && first > restart.atSegment ? 1 : 0}`,
      ...(isFmp4 ? ['#EXT-X-MAP:URI="init.mp4"'] : []),
      ...lines,
      ...(segments === undefined ? [] : ['#EXT-X-ENDLIST']),
    ].join('\n')
  }

  async #segment(level: Level, number: number, isSound: boolean): Promise<Uint8Array> {
    const { ptsSec = 0, restart, oneOf = 1, soundLateSec = 0, hasOwnSound = false } = this.#options
    const kinds = hasOwnSound ? ([isSound ? 'audio' : 'video'] as const) : (this.#options.kinds ?? BOTH)
    const isAnew = restart !== undefined && number >= restart.atSegment
    const shiftSec = isAnew ? restart.ptsSec - restart.atSegment * this.#segmentSec : ptsSec
    const fromSec = number * this.#segmentSec
    const stretch = {
      level,
      kinds,
      fromSec,
      toSec: fromSec + this.#segmentSec,
      keySec: this.#segmentSec,
      shiftSec,
      oneOf,
      only: { audio: { shiftSec: shiftSec + soundLateSec } },
    }
    return await writeMedia(new MpegTsOutputFormat(), stretch)
  }

  /** The pieces of one fragmented file: what comes first, then a fragment for each segment. */
  async #piece(level: Level, number: number | undefined): Promise<Uint8Array | undefined> {
    const { kinds = BOTH } = this.#options
    const format = new Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: this.#segmentSec })
    const stretch = { level, kinds, fromSec: 0, toSec: FILE_SEC, keySec: this.#segmentSec, shiftSec: 0 }
    this.#pieces ??= splitFragments(await writeMedia(format, stretch))
    return this.#pieces[number === undefined ? 0 : number + 1]
  }
}

export interface Stretch {
  /** Where its sound, or its picture, begins or ends elsewhere, or has another time. */
  readonly only?: Readonly<Partial<Record<Kind, Partial<Pick<Stretch, 'fromSec' | 'toSec' | 'shiftSec'>>>>>
  readonly oneOf?: number
  readonly level: Level
  readonly kinds: readonly Kind[]
  readonly fromSec: number
  readonly toSec: number
  readonly keySec: number
  readonly shiftSec: number
}

export async function writeMedia(format: OutputFormat, stretch: Stretch): Promise<Uint8Array> {
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const video = new EncodedVideoPacketSource('avc')
  const audio = new EncodedAudioPacketSource('aac')
  if (stretch.kinds.includes('video')) output.addVideoTrack(video)
  if (stretch.kinds.includes('audio')) output.addAudioTrack(audio)
  await output.start()
  await Promise.all([
    ...(stretch.kinds.includes('video') ? [writePictures(video, { ...stretch, ...stretch.only?.video })] : []),
    ...(stretch.kinds.includes('audio') ? [writeSound(audio, { ...stretch, ...stretch.only?.audio })] : []),
  ])
  await output.finalize()
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0))
}

async function writePictures(to: EncodedVideoPacketSource, stretch: Stretch): Promise<void> {
  const { level, fromSec, toSec, keySec, shiftSec, oneOf = 1 } = stretch
  for (let frame = Math.round(fromSec * FPS); frame < Math.round(toSec * FPS); frame += oneOf) {
    const isKey = frame % Math.round(keySec * FPS) === 0
    const data = Uint8Array.of(0, 0, 0, 5, isKey ? IDR : SLICE, 0x88, ...bytesOf(frame))
    const packet = new EncodedPacket(data, isKey ? 'key' : 'delta', frame / FPS + shiftSec, oneOf / FPS)
    await to.add(packet, { decoderConfig: PICTURES[level] })
  }
  to.close()
}

async function writeSound(to: EncodedAudioPacketSource, { fromSec, toSec, shiftSec }: Stretch): Promise<void> {
  const decoderConfig = { codec: 'mp4a.40.2', sampleRate: RATE, numberOfChannels: 2, description: AAC_LC }
  const end = Math.ceil((toSec * RATE) / AAC_FRAME)
  for (let frame = Math.ceil((fromSec * RATE) / AAC_FRAME); frame < end; frame += 1) {
    const sec = (frame * AAC_FRAME) / RATE + shiftSec
    await to.add(new EncodedPacket(bytesOf(frame), 'key', sec, AAC_FRAME / RATE), { decoderConfig })
  }
  to.close()
}

/** At every `moof` (ISO/IEC 14496-12 §8.8.4). */
function splitFragments(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const pieces: Uint8Array[] = []
  let from = 0
  for (let at = 0; at + 8 <= file.length; at += view.getUint32(at)) {
    if (String.fromCharCode(...file.subarray(at + 4, at + 8)) !== 'moof') continue
    pieces.push(file.slice(from, at))
    from = at
  }
  return [...pieces, file.slice(from)]
}

/** Three bytes, none of which is 0: nothing in them looks like a start code (ITU-T H.264 §7.4.1). */
function bytesOf(number: number): Uint8Array {
  return Uint8Array.of(0x80 | (number >> 14), 0x80 | ((number >> 7) & 0x7f), 0x80 | (number & 0x7f))
}

export function numberOf(bytes: Uint8Array): number {
  const [high = 0, middle = 0, low = 0] = bytes.subarray(-3)
  return ((high & 0x7f) << 14) | ((middle & 0x7f) << 7) | (low & 0x7f)
}
