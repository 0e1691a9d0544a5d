import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
} from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { parseInitSegment } from '../../../recorder-page/sources/decode/mp4/init-segment.ts'
import { parseMediaSegment } from '../../../recorder-page/sources/decode/mp4/media-segment.ts'

const FPS = 25
const AAC_FRAME = 1024
const HERE = { offsetSec: 0, origin: { stretch: 0, shiftSec: 0 } }
/** High profile, level 3.1, with one sequence and one picture parameter set of no meaning. */
const AVCC = Uint8Array.of(1, 0x64, 0, 0x1f, 0xff, 0xe1, 0, 4, 0x67, 0x64, 0, 0x1f, 1, 0, 2, 0x68, 0xee)
/** AAC-LC, 44.1 kHz, stereo (ISO/IEC 14496-3 §1.6.2.1). */
const AAC_LC = Uint8Array.of(0x12, 0x10)

/** Presentation times of two groups of pictures with B-frames, in the order of decoding. */
const DECODED = [0, 3, 1, 2, 6, 4, 5, 7].flatMap((frame) => [frame]).concat([8, 11, 9, 10, 14, 12, 13, 15])

async function writeFragments(): Promise<Uint8Array> {
  const target = new BufferTarget()
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: 0.2 }),
    target,
  })
  const video = new EncodedVideoPacketSource('avc')
  const audio = new EncodedAudioPacketSource('aac')
  output.addVideoTrack(video, { frameRate: FPS })
  output.addAudioTrack(audio)
  await output.start()
  const videoMeta = { decoderConfig: { codec: 'avc1.64001f', codedWidth: 640, codedHeight: 360, description: AVCC } }
  const audioMeta = {
    decoderConfig: { codec: 'mp4a.40.2', sampleRate: 44100, numberOfChannels: 2, description: AAC_LC },
  }
  for (const [i, frame] of DECODED.entries()) {
    const type = frame % 8 === 0 ? 'key' : 'delta'
    await video.add(new EncodedPacket(Uint8Array.of(0, 0, 0, 1, frame), type, frame / FPS, 1 / FPS, i), videoMeta)
  }
  for (let i = 0; i < 28; i += 1) {
    const packet = new EncodedPacket(Uint8Array.of(i, i), 'key', (i * AAC_FRAME) / 44100, AAC_FRAME / 44100)
    await audio.add(packet, audioMeta)
  }
  await output.finalize()
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0))
}

describe('fragments of MP4', () => {
  test('give the configuration of picture and sound as WebCodecs wants it', async () => {
    const tracks = [...(parseInitSegment(await writeFragments())?.values() ?? [])]
    const configs = tracks.map(({ config }) => config?.decoder)
    expect(configs).toEqual([
      { codec: 'avc1.64001f', codedWidth: 640, codedHeight: 360, description: AVCC },
      { codec: 'mp4a.40.2', sampleRate: 44100, numberOfChannels: 2, description: AAC_LC },
    ])
  })

  test('give every sample with its times, in the order of decoding, B-frames too', async () => {
    const bytes = await writeFragments()
    const samples = parseMediaSegment(bytes, parseInitSegment(bytes) ?? new Map(), HERE)
    const pictures = samples.filter(({ config }) => config.kind === 'video')
    expect(pictures.map(({ data }) => data[4])).toEqual(DECODED)
    expect(pictures.map(({ ptsSec }) => Math.round(ptsSec * FPS))).toEqual(DECODED)
    expect(pictures.map(({ isKey }) => isKey)).toEqual(DECODED.map((frame) => frame % 8 === 0))
    const frames = samples.filter(({ config }) => config.kind === 'audio')
    expect(frames.map(({ data }) => [...data])).toEqual(Array.from({ length: 28 }, (_, i) => [i, i]))
    expect(frames.map(({ ptsSec }) => Math.round(ptsSec * 44100))).toEqual(
      Array.from({ length: 28 }, (_, i) => i * AAC_FRAME),
    )
  })

  test('are placed where the player wants them, and know of which stretch they are', async () => {
    const bytes = await writeFragments()
    const origin = { stretch: 3, shiftSec: -2 }
    const [first] = parseMediaSegment(bytes, parseInitSegment(bytes) ?? new Map(), { offsetSec: 10, origin })
    expect(first?.ptsSec).toBeCloseTo(10, 6)
    expect(first?.origin).toBe(origin)
  })

  test('of an unknown codec have no configuration, and bytes that are no MP4 have no tracks', () => {
    expect(parseInitSegment(new Uint8Array(200).fill(0x55))).toBeUndefined()
    expect(parseMediaSegment(new Uint8Array(200).fill(0x55), new Map(), HERE)).toEqual([])
    const [track] = [...(parseInitSegment(movie({ entry: box('vp09', new Uint8Array(90)) }))?.values() ?? [])]
    expect(track).toMatchObject({ id: 7, timescale: 90_000, config: undefined })
  })
})

describe('a sample entry', () => {
  const configOf = (entry: Uint8Array) => parseInitSegment(movie({ entry }))?.get(7)?.config

  test('tells of pixels that are not square', () => {
    const head = new Uint8Array(78)
    new DataView(head.buffer).setUint32(24, (720 << 16) | 576)
    const config = configOf(box('avc1', head, box('avcC', AVCC), box('pasp', words(16, 11))))
    expect(config?.decoder).toMatchObject({ displayAspectWidth: 720 * 16, displayAspectHeight: 576 * 11 })
    const square = configOf(box('avc1', head, box('avcC', AVCC), box('pasp', words(1, 1))))
    expect(Object.keys(square?.decoder ?? {})).not.toContain('displayAspectWidth')
  })

  test('of HEVC becomes its codec string', () => {
    const hvcC = Uint8Array.of(1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93)
    expect(configOf(box('hvc1', new Uint8Array(78), box('hvcC', hvcC)))?.decoder.codec).toBe('hvc1.1.6.L93.90')
  })
})

describe('an edit list', () => {
  const edits = (...entries: readonly (readonly [duration: number, mediaTime: number])[]): Uint8Array =>
    box(
      'edts',
      full('elst', words(entries.length, ...entries.flatMap(([duration, time]) => [duration, time, 0x10000]))),
    )
  const editOf = (edts: Uint8Array): number | undefined =>
    parseInitSegment(movie({ entry: box('vp09', new Uint8Array(90)), edts }))?.get(7)?.editSec

  test('cuts what comes before its media time', () => {
    expect(editOf(edits([0, 9000]))).toBeCloseTo(-0.1, 9)
  })

  test('delays the track by an empty edit before it', () => {
    expect(editOf(edits([500, -1], [0, 9000]))).toBeCloseTo(0.5 - 0.1, 9)
  })
})

function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (const [i, value] of values.entries()) view.setInt32(i * 4, value)
  return new Uint8Array(view.buffer)
}

function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content)
  return Buffer.concat([words(body.length + 8), Buffer.from(type, 'latin1'), body])
}

function full(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  return box(type, words(0), ...content)
}

/** A movie of scale 1000 with one video track: number 7, scale 90,000. */
function movie({
  entry,
  edts = new Uint8Array(),
}: {
  readonly entry: Uint8Array
  readonly edts?: Uint8Array
}): Uint8Array {
  const stbl = box('stbl', full('stsd', words(1), entry))
  const handler = full('hdlr', words(0), Buffer.from('vide'), words(0, 0, 0))
  const media = box('mdia', full('mdhd', words(0, 0, 90_000, 0, 0)), handler, box('minf', stbl))
  const track = box('trak', full('tkhd', words(0, 0, 7, 0, 0)), edts, media)
  return box('moov', full('mvhd', words(0, 0, 1000, 0)), track)
}
