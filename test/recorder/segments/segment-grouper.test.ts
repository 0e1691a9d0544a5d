import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Packet } from '../../../src/protocol/index.ts'
import { type SegmentGroup, SegmentGrouper } from '../../../src/recorder/segments/segment-grouper.ts'

const FRAME_US = 40_000
const AUDIO_US = 1024e6 / 48_000
const LONGEST_US = 3_499_000

function video(timestampUs: number, options: { key?: boolean; cut?: boolean } = {}): Packet {
  const { cut = false, key = cut } = options
  return { kind: 'video', key, cut, sequence: 0, timestampUs, durationUs: FRAME_US, data: new Uint8Array() }
}
function audio(timestampUs: number): Packet {
  return {
    kind: 'audio',
    key: true,
    cut: false,
    sequence: 0,
    timestampUs,
    durationUs: AUDIO_US,
    data: new Uint8Array(),
  }
}
function group(packets: readonly Packet[]): SegmentGroup[] {
  const grouper = new SegmentGrouper({ longestUs: LONGEST_US, frameUs: FRAME_US })
  return [...packets.flatMap((packet, at) => grouper.push(packet, at)), ...grouper.finish()]
}

test('ends a segment with the picture before the cut and begins the next with it', () => {
  const groups = group([video(0, { cut: true }), video(40_000), video(80_000, { cut: true }), video(120_000)])
  expect(groups.map(({ startUs, durationUs, video }) => [startUs, durationUs, video.length])).toEqual([
    [0, 80_000, 2],
    [80_000, 80_000, 2],
  ])
})

test('does not cut at a key frame that is no cut', () => {
  expect(group([video(0, { cut: true }), video(40_000, { key: true })])).toHaveLength(1)
})

test('leaves out pictures before the first key frame and sound before the first picture', () => {
  const groups = group([
    audio(0),
    video(40_000),
    audio(60_000),
    video(80_000, { cut: true }),
    audio(90_000),
    video(120_000),
  ])
  expect(groups.map(({ startUs, video, audio }) => [startUs, video.length, audio.length])).toEqual([[80_000, 2, 1]])
})

test('waits for the sound of a segment, but not for ever', () => {
  const grouper = new SegmentGrouper({ longestUs: LONGEST_US, frameUs: FRAME_US })
  grouper.push(video(0, { cut: true }), 0)
  expect(grouper.push(video(2_000_000, { cut: true }), 0)).toEqual([])
  expect(grouper.push(audio(1_990_000), 0)).toEqual([])
  expect(grouper.push(audio(2_010_000), 0)).toMatchObject([{ startUs: 0, audio: [{ timestampUs: 1_990_000 }] }])
  expect(grouper.push(video(4_000_000, { cut: true }), 0)).toEqual([])
  expect(grouper.push(video(5_000_000), 0)).toMatchObject([{ startUs: 2_000_000, audio: [{ timestampUs: 2_010_000 }] }])
})

test('makes a hole in the pictures a discontinuity instead of a segment that is too long', () => {
  const groups = group([video(0, { cut: true }), video(40_000), video(9_000_000, { cut: true }), video(9_040_000)])
  expect(groups.map(({ durationUs, discontinuity }) => [durationUs, discontinuity])).toEqual([
    [80_000, false],
    [80_000, true],
  ])
})

test('says when the last picture of a segment arrived', () => {
  const groups = group([video(0, { cut: true }), video(40_000), video(80_000, { cut: true })])
  expect(groups.map(({ lastFrameAtMs }) => lastFrameAtMs)).toEqual([1, 2])
})

/** A stream as a page sends it: pictures with some missing and cuts anywhere, sound that lags or leads by up to 300 ms. */
const anyStream = fc
  .record({
    frames: fc.array(fc.record({ cut: fc.integer({ min: 0, max: 9 }), missing: fc.boolean() }), {
      minLength: 1,
      maxLength: 300,
    }),
    lagUs: fc.integer({ min: -300_000, max: 300_000 }),
  })
  .map(({ frames, lagUs }) => {
    const pictures = frames
      .map(({ cut, missing }, at) => ({
        packet: video(at * FRAME_US, { cut: at === 0 || cut === 0 }),
        missing: missing && at > 0,
      }))
      .filter(({ missing }) => !missing)
      .map(({ packet }) => ({ packet, atUs: packet.timestampUs }))
    const endUs = frames.length * FRAME_US
    const sound = Array.from({ length: Math.floor(endUs / AUDIO_US) }, (_, at) => audio(at * AUDIO_US))
    const timed = sound.map((packet) => ({ packet, atUs: packet.timestampUs + lagUs }))
    return [...pictures, ...timed].sort((a, b) => a.atUs - b.atUs).map(({ packet }) => packet)
  })

test('loses nothing, keeps the order, and puts every sound into the segment of its time', () => {
  fc.assert(
    fc.property(anyStream, (packets) => {
      const groups = group(packets)
      const of = (kind: string) =>
        packets.filter((packet) => packet.kind === kind).map(({ timestampUs }) => timestampUs)
      expect(groups.flatMap(({ video }) => video.map(({ timestampUs }) => timestampUs))).toEqual(of('video'))
      const endUs = (groups.at(-1)?.startUs ?? 0) + (groups.at(-1)?.durationUs ?? 0)
      expect(groups.flatMap(({ audio }) => audio.map(({ timestampUs }) => timestampUs))).toEqual(
        of('audio').filter((timestampUs) => timestampUs < endUs),
      )
      for (const { startUs, durationUs, video, audio } of groups) {
        expect(video[0]?.key).toBe(true)
        expect(durationUs).toBeLessThanOrEqual(LONGEST_US)
        for (const { timestampUs } of audio) expect(timestampUs).toBeGreaterThanOrEqual(startUs)
      }
    }),
  )
})

test('leaves no time between segments and none twice', () => {
  fc.assert(
    fc.property(anyStream, (packets) => {
      const groups = group(packets)
      for (const [at, { startUs, durationUs, discontinuity }] of groups.slice(0, -1).entries()) {
        const next = groups[at + 1]
        if (!next?.discontinuity) expect(startUs + durationUs).toBe(next?.startUs)
        expect(at === 0 && discontinuity).toBe(false)
      }
    }),
  )
})

const pause = (timestampUs: number): Packet => ({ ...video(timestampUs), kind: 'pause' })

test('a pause ends the segment at once and where it says, and what follows continues nothing', () => {
  const grouper = new SegmentGrouper({ longestUs: LONGEST_US, frameUs: FRAME_US })
  const before = [video(0, { cut: true }), audio(0), video(40_000), audio(21_333), audio(64_000), audio(85_333)]
  expect(before.flatMap((packet) => grouper.push(packet, 0))).toEqual([])
  const [ended, ...more] = grouper.push(pause(80_000), 0)
  expect(more).toEqual([])
  expect(ended).toMatchObject({ startUs: 0, durationUs: 80_000, pausedUs: 0, discontinuity: false })
  expect(ended?.video.length).toBe(2)
  // The padding of the encoder behind the pause belongs nowhere.
  expect(ended?.audio.map(({ timestampUs }) => timestampUs)).toEqual([0, 21_333, 64_000])
  expect(grouper.push(pause(80_000), 0)).toEqual([])
  for (const packet of [audio(9_000_000), video(9_000_000, { cut: true }), video(9_040_000)]) grouper.push(packet, 0)
  const [next] = grouper.finish()
  expect(next).toMatchObject({
    startUs: 9_000_000,
    durationUs: 80_000,
    pausedUs: 9_000_000 - 80_000,
    discontinuity: true,
  })
  expect(next?.audio.map(({ timestampUs }) => timestampUs)).toEqual([9_000_000])
})

test('a take that begins paused begins where it is resumed, and continues nothing that it would have to say', () => {
  const [only] = group([pause(0), video(5_000_000, { cut: true })])
  expect(only).toMatchObject({ startUs: 5_000_000, pausedUs: 5_000_000, discontinuity: false })
})

test('all pauses before a segment count', () => {
  const cut = (timestampUs: number) => video(timestampUs, { cut: true })
  const groups = group([cut(0), pause(40_000), cut(1_000_000), pause(1_040_000), cut(3_000_000), cut(3_040_000)])
  expect(groups.map(({ pausedUs }) => pausedUs)).toEqual([0, 960_000, 2_920_000, 2_920_000])
})
