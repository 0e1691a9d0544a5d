import { describe, expect, it } from 'vitest'
import { audioSpecificConfig, splitAdts } from '../../../src/clipper/ts/adts.ts'
import { demuxSegment } from '../../../src/clipper/ts/demux-segment.ts'
import { muxSegment } from '../../../src/recorder/segments/mux-segment.ts'
import { TsContinuity } from '../../../src/recorder/segments/ts-continuity.ts'

const FORMAT = { objectType: 2, sampleRate: 48_000, channels: 2 }
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const SETS = '000000016764001facd9405005bb0110000003001000000303c0f183196000000001 68ebe3cb22c0'.replace(' ', '')
const IDR = hex(`${SETS}000000016588840000ffee`)
const SLICE = hex('00000001419a0102030405')

const picture = (timestampUs: number, key: boolean) =>
  ({ kind: 'video', sequence: 0, key, cut: key, timestampUs, durationUs: 40_000, data: key ? IDR : SLICE }) as const
const sound = (timestampUs: number) =>
  ({
    kind: 'audio',
    sequence: 0,
    key: true,
    cut: false,
    timestampUs,
    durationUs: 21_333,
    data: hex('deadbeef01'),
  }) as const
const CONFIGS = {
  video: { codec: 'avc1.64001f', codedWidth: 1280, codedHeight: 720 },
  audio: { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, description: audioSpecificConfig(FORMAT) },
}

const mux = (offsetSec: number) =>
  muxSegment(
    {
      video: [picture(0, true), picture(40_000, false), picture(80_000, false)],
      audio: [sound(0), sound(21_333), sound(42_667)],
    },
    CONFIGS,
    { clock: new TsContinuity(), offsetSec },
  )

describe('a segment of the recorder', () => {
  it('gives back its pictures, its parameter sets and its sound, with their times', async () => {
    const media = demuxSegment('0.ts', await mux(0))
    expect(media.pictures.map(({ pts, idr }) => [pts, idr])).toEqual([
      [45_000, true],
      [48_600, false],
      [52_200, false],
    ])
    expect(media.pictures[0]?.sets?.sps).toHaveLength(1)
    expect(Buffer.from(media.pictures[1]?.units[0] ?? []).toString('hex')).toBe('419a0102030405')
    expect(media.sound.map(({ pts, format }) => [pts, format])).toEqual([
      [45_000, FORMAT],
      [46_920, FORMAT],
      [48_840, FORMAT],
    ])
    expect(Buffer.from(media.sound[2]?.data ?? []).toString('hex')).toBe('deadbeef01')
  })

  it('has times that grow over the 33 bits of its timestamps', async () => {
    const wrapSec = 2 ** 33 / 90_000
    const media = demuxSegment('0.ts', await mux(wrapSec - 0.5 - 0.06), 2 ** 33 - 90_000)
    const [first = 0, second = 0, third = 0] = media.pictures.map(({ pts }) => pts)
    expect([second - first, third - second]).toEqual([3600, 3600])
    expect(third).toBeGreaterThan(2 ** 33)
  })

  it.each([
    ['empty', new Uint8Array()],
    ['not MPEG-TS', new Uint8Array(1880).fill(7)],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => demuxSegment('takes/1/0.ts', bytes)).toThrow(/takes\/1\/0\.ts/)
  })
})

describe('ADTS', () => {
  it('that is cut short gives its whole packets only', () => {
    const frame = hex('fff14c8001 3ffc dead'.replaceAll(' ', ''))
    expect(splitAdts(Buffer.concat([frame, frame.subarray(0, 5)]))).toHaveLength(1)
  })
})
