import { describe, expect, test } from 'vitest'
import type { MediaKind } from '../../../recorder-page/sources/decode/sample.ts'
import { moved, StretchShifts } from '../../../recorder-page/sources/decode/stretch-shifts.ts'
import { stream } from './streams.ts'

const SEGMENT_SEC = 1
const picture = (fromSec: number) => stream({ fromSec, samples: 25 })
const sound = (fromSec: number) => stream({ kind: 'audio', fromSec, durationSec: 0.02, samples: 50 })

/** The shifts of fragment `sn`, which begins at `sn` seconds. */
function judge(
  shifts: StretchShifts,
  sn: number,
  samples: ReturnType<typeof stream>,
): Partial<Record<MediaKind, number>> {
  const found = shifts.shiftsOf({ sn, startSec: sn, endSec: sn + SEGMENT_SEC, samples })
  return Object.fromEntries([...found].map(([kind, sec]) => [kind, Math.round(sec * 1000) / 1000]))
}

describe('the times of a stream whose encoder began anew', () => {
  test.each([0, 0.6, -0.4, 2.5])('are moved by the same for both kinds, with sound %d s behind', (lateSec) => {
    const shifts = new StretchShifts()
    expect(judge(shifts, 10, [...picture(10), ...sound(10 + lateSec)])).toEqual({ video: 0, audio: 0 })
    const { video, audio } = judge(shifts, 11, [...picture(500), ...sound(500 + lateSec)])
    expect(video).toBe(-489)
    expect(audio).toBe(video)
    expect(judge(shifts, 12, [...picture(501), ...sound(501 + lateSec)])).toEqual({ video, audio })
  })

  test.each(['video first', 'audio first'])('are moved by the same in two playlists: %s', (order) => {
    const shifts = new StretchShifts()
    const both = (sn: number, sec: number): unknown[] => {
      const samples = [picture(sec), sound(sec + 0.6)]
      return (order === 'video first' ? samples : samples.toReversed()).flatMap((one) =>
        Object.values(judge(shifts, sn, one)),
      )
    }
    expect(new Set(both(10, 10)).size).toBe(1)
    const [first, second] = both(11, 500)
    expect(second).toBe(first)
  })

  test('let sound go on behind its own end where hls.js has moved the picture alone', () => {
    const shifts = new StretchShifts()
    judge(shifts, 10, [...picture(10), ...sound(9.4)])
    expect(judge(shifts, 11, [...picture(11), ...sound(-5000)])).toEqual({ video: 0, audio: 5010.4 })
  })

  test('are left where only little is off', () => {
    const samples = sound(10.3)
    expect(judge(new StretchShifts(), 10, samples)).toEqual({ audio: 0 })
    expect(moved(samples, new Map([['audio', 0]]))).toEqual(samples)
  })

  test('say by how much they were moved', () => {
    const [first] = moved(picture(3), new Map([['video', 7]]))
    expect(first).toMatchObject({ dtsSec: 10, ptsSec: 10, origin: { shiftSec: 7 } })
  })
})
