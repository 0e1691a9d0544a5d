import { describe, expect, it } from 'vitest'
import type { Packet } from '../../../src/protocol/index.ts'
import { muxSegment } from '../../../src/recorder/segments/mux-segment.ts'
import { TsContinuity } from '../../../src/recorder/segments/ts-continuity.ts'
import { crcRemainder, readTsPackets, type TsPacket } from './ts-packets.ts'

const FPS = 25
const AAC_US = 1024e6 / 48_000
const SEGMENT_SEC = 2
const LEAD_TICKS = 45_000
/** Timestamps have 33 bits of 90 kHz: they begin anew after 26 h 30 min 43.7 s (ISO/IEC 13818-1 §2.4.3.7). */
const WRAP_TICKS = 2 ** 33
const VIDEO_PID = 0x100
const AUDIO_PID = 0x101
const NULL_PID = 0x1fff

const CONFIGS = {
  video: { codec: 'avc1.64001f', codedWidth: 320, codedHeight: 180 },
  audio: { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, description: Uint8Array.of(0x11, 0x90) },
}
const nal = (type: number, bytes: number) => [0, 0, 0, 1, type, ...Array.from({ length: bytes }, () => 0xa5)]
const KEY_UNIT = Uint8Array.from([...nal(0x67, 20), ...nal(0x68, 4), ...nal(0x65, 3000)])
const DELTA_UNIT = Uint8Array.from(nal(0x41, 500))

const picture = (frame: number): Packet => {
  const key = frame % (SEGMENT_SEC * FPS) === 0
  const data = key ? KEY_UNIT : DELTA_UNIT
  return { kind: 'video', key, cut: key, sequence: 0, timestampUs: (frame * 1e6) / FPS, durationUs: 1e6 / FPS, data }
}
const sound = (at: number): Packet => {
  const data = new Uint8Array(256).fill(0x21)
  return { kind: 'audio', key: true, cut: false, sequence: 0, timestampUs: at * AAC_US, durationUs: AAC_US, data }
}
const count = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

/** The n-th segment of a take, counted from 0. */
async function segment(clock: TsContinuity, index: number, offsetSec = 0): Promise<TsPacket[]> {
  const soundAt = (segmentIndex: number) => Math.ceil((segmentIndex * SEGMENT_SEC * 1e6) / AAC_US)
  const group = {
    video: count(index * SEGMENT_SEC * FPS, (index + 1) * SEGMENT_SEC * FPS).map(picture),
    audio: count(soundAt(index), soundAt(index + 1)).map(sound),
  }
  return readTsPackets(await muxSegment(group, CONFIGS, { clock, offsetSec }))
}

const timesOf = (packets: readonly TsPacket[], pid: number) =>
  packets.flatMap((packet) => (packet.pid === pid && packet.pts !== undefined ? [packet.pts] : []))
const wrapped = (ticks: number) => ((ticks % WRAP_TICKS) + WRAP_TICKS) % WRAP_TICKS

/** What a decoder checks: a payload moves its PID's counter on by one, anything else leaves it (§2.4.3.3). */
function expectCountersToRunOn(packets: readonly TsPacket[]): void {
  const last = new Map<number, number>()
  for (const [at, { pid, counter, hasPayload }] of packets.entries()) {
    const before = last.get(pid)
    last.set(pid, counter)
    if (before === undefined || pid === NULL_PID) continue
    expect({ at, pid, counter }).toEqual({ at, pid, counter: hasPayload ? (before + 1) & 0x0f : before })
  }
}

describe('two consecutive files of a take', () => {
  const files = async (offsetSec = 0) => {
    const clock = new TsContinuity()
    return [await segment(clock, 0, offsetSec), await segment(clock, 1, offsetSec)] as const
  }

  it('begin with a PAT and a PMT that names the video as the PID of the clock', async () => {
    for (const file of await files()) {
      const [pat, pmt] = file
      expect([pat?.pid, pmt?.pid]).toEqual([0x0000, 0x1000])
      expect((pmt?.section?.readUInt16BE(8) ?? 0) & 0x1fff).toBe(VIDEO_PID)
      for (const table of [pat, pmt]) expect(crcRemainder(table?.section ?? Uint8Array.of(1))).toBe(0)
    }
  })

  it('say the time of the clock half a second before each picture, and nowhere else', async () => {
    for (const file of await files()) {
      const pictures = file.flatMap((packet, at) => (packet.pid === VIDEO_PID && packet.pts !== undefined ? [at] : []))
      expect(pictures).toHaveLength(SEGMENT_SEC * FPS)
      for (const at of pictures) {
        const before = file[at - 1]
        expect(before).toMatchObject({ pid: VIDEO_PID, hasPayload: false, pcr: (file[at]?.pts ?? 0) - LEAD_TICKS })
      }
      expect(file.filter(({ pcr }) => pcr !== undefined)).toHaveLength(pictures.length)
    }
  })

  it('carry on with the counters of every PID', async () => {
    const [first, second] = await files()
    expectCountersToRunOn([...first, ...second])
    for (const pid of [0x0000, 0x1000, VIDEO_PID, AUDIO_PID]) {
      expect(second.some((packet) => packet.pid === pid)).toBe(true)
    }
  })

  it('flag a discontinuity only at the very beginning', async () => {
    const [first, second] = await files()
    const flagged = first.flatMap(({ discontinuity, pid }, at) => (discontinuity ? [{ at, pid }] : []))
    expect(flagged.map(({ pid }) => pid).sort()).toEqual([VIDEO_PID, AUDIO_PID])
    for (const { at, pid } of flagged) expect(first.findIndex((packet) => packet.pid === pid)).toBe(at)
    expect(second.filter(({ discontinuity }) => discontinuity)).toEqual([])
  })

  it('carry on with the times of pictures and sound', async () => {
    const [first, second] = await files(7200)
    const startTicks = 7200 * 90_000 + LEAD_TICKS
    const pictures = [...timesOf(first, VIDEO_PID), ...timesOf(second, VIDEO_PID)]
    expect(pictures).toEqual(count(0, 2 * SEGMENT_SEC * FPS).map((frame) => startTicks + frame * 3600))
    const sounds = [...timesOf(first, AUDIO_PID), ...timesOf(second, AUDIO_PID)]
    expect(sounds).toEqual(sounds.map((_, at) => startTicks + at * 1920))
  })
})

it('begins the counters of another take anew, and says so', async () => {
  await segment(new TsContinuity(), 0)
  const [pat, pmt, clock] = await segment(new TsContinuity(), 1, 100)
  expect([pat?.counter, pmt?.counter]).toEqual([0, 0])
  expect(clock).toMatchObject({ pid: VIDEO_PID, discontinuity: true })
})

/** The second file begins one second, so 25 pictures, before the timestamps begin anew. */
const WRAP_OFFSET_SEC = (WRAP_TICKS - LEAD_TICKS) / 90_000 - 3

describe('a take of more than 26.5 hours', () => {
  it('lets pictures, sound and clock begin anew without a gap, each when its own time comes', async () => {
    const clock = new TsContinuity()
    const packets: TsPacket[] = []
    for (const index of [0, 1, 2]) packets.push(...(await segment(clock, index, WRAP_OFFSET_SEC)))
    const startTicks = WRAP_TICKS - 3 * 90_000
    const pictures = timesOf(packets, VIDEO_PID)
    expect(pictures).toEqual(count(0, 150).map((frame) => wrapped(startTicks + frame * 3600)))
    expect(pictures.indexOf(0)).toBe(75)
    const sounds = timesOf(packets, AUDIO_PID)
    expect(sounds).toEqual(sounds.map((_, at) => wrapped(startTicks + at * 1920)))
    expect(packets.flatMap(({ pcr }) => pcr ?? [])).toEqual(pictures.map((pts) => wrapped(pts - LEAD_TICKS)))
    expect(packets.flatMap(({ pid, dts }) => (pid === VIDEO_PID ? (dts ?? []) : []))).toEqual(pictures)
    expectCountersToRunOn(packets)
    expect(packets.filter(({ discontinuity }) => discontinuity)).toHaveLength(2)
  })

  it('is right in its thirtieth hour too', async () => {
    const thirtyHours = await segment(new TsContinuity(), 0, 30 * 3600)
    expect(timesOf(thirtyHours, VIDEO_PID)[0]).toBe(30 * 3600 * 90_000 + LEAD_TICKS - WRAP_TICKS)
    expect(thirtyHours.find(({ pcr }) => pcr !== undefined)?.pcr).toBe(30 * 3600 * 90_000 - WRAP_TICKS)
  })
})

it('fills a file of a few packets up with null packets, which no counter counts', async () => {
  const group = { video: [{ ...picture(0), data: DELTA_UNIT }], audio: [] }
  const file = readTsPackets(await muxSegment(group, CONFIGS, { clock: new TsContinuity(), offsetSec: 0 }))
  expect(file).toHaveLength(32)
  expect(file.slice(6).every(({ pid }) => pid === NULL_PID)).toBe(true)
})
