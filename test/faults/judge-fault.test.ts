import { describe, expect, test } from 'vitest'
import { judgeFault } from '../../bench/faults/judge-fault.ts'
import { measureFault } from '../../bench/faults/measure-fault.ts'
import type { Picture } from '../kit/watch/holes.ts'

const GOOD = { lostSec: 0, doubledSec: 0, goOnSec: 0, sourceBackSec: undefined, othersAwaySec: 0 }
const WELL = { playlistFaults: [], state: 'completed', left: [], endLossSec: 0.2, mayDouble: false }

describe('the verdict on a fault', () => {
  test('is that all is as promised when it is', () => {
    expect(judgeFault(GOOD, { goOnSec: 0 }, WELL)).toEqual([])
    expect(judgeFault({ ...GOOD, lostSec: 4.9, goOnSec: 2.9 }, { goOnSec: 3 }, WELL)).toEqual([])
    expect(judgeFault({ ...GOOD, sourceBackSec: 5 }, { goOnSec: 0, backSec: 5 }, WELL)).toEqual([])
  })

  test.each([
    ['a picture is lost where none may be', { lostSec: 0.2 }, { goOnSec: 0 }, /0\.2 s are lost, at most 0/],
    ['it goes on too late', { lostSec: 3.1, goOnSec: 3.1 }, { goOnSec: 3 }, /went on after 3\.1 s, promised are 3/],
    ['more than a segment of before is lost', { lostSec: 4.5, goOnSec: 2 }, { goOnSec: 3 }, /2\.5 s of before/],
    ['more than a segment is there twice', { doubledSec: 2.5 }, { goOnSec: 3 }, /2\.5 s are there twice/],
    [
      'a source comes back too late',
      { sourceBackSec: 5.2 },
      { goOnSec: 0, backSec: 5 },
      /after 5\.2 s, promised are 5/,
    ],
    ['a source never comes back', { sourceBackSec: Number.POSITIVE_INFINITY }, { goOnSec: 0, backSec: 5 }, /never/],
    ['another source stands still', { othersAwaySec: 0.8 }, { goOnSec: 0 }, /stood still for 0\.8 s/],
  ])('is a broken promise when %s', (_what, figures, promised, said) => {
    expect(judgeFault({ ...GOOD, ...figures }, promised, WELL)).toContainEqual(expect.stringMatching(said))
  })

  test.each([
    ['the recording fails', { state: 'failed (recorder.lost)' }, 'it ended as failed (recorder.lost)'],
    ['something is left', { left: ['spool/x'] }, 'left behind: spool/x'],
    ['a playlist was wrong', { playlistFaults: ['no EXTM3U'] }, 'no EXTM3U'],
    ['the end is missing', { endLossSec: 1.5 }, 'the last 1.5 s before the stop are missing'],
  ])('is a broken promise when %s', (_what, aftermath, said) => {
    expect(judgeFault(GOOD, { goOnSec: 0 }, { ...WELL, ...aftermath })).toEqual([said])
  })
})

describe('the figures of a fault', () => {
  /** Two sources at 25 pictures a second; nothing is recorded from 4 to 6 s and from 10 to 11 s, and source 1 stands still. */
  const pictures: Picture[] = []
  for (let wallMs = 0; wallMs < 20_000; wallMs += 40) {
    if ((wallMs > 4000 && wallMs < 6000) || (wallMs > 10_000 && wallMs < 11_000)) continue
    const isStill = wallMs > 13_000 && wallMs < 16_000
    pictures.push({ wallMs, counters: [wallMs, isStill ? 13_000 : wallMs] })
  }

  test('are its own: not those of before it, and not those of the next one', () => {
    const first = measureFault(pictures, { struckAtMs: 4500, healedAtMs: 4500, untilMs: 9000 })
    expect(first).toMatchObject({ goOnSec: expect.closeTo(1.5, 1), lostSec: expect.closeTo(1.96, 1) })
    const second = measureFault(pictures, { struckAtMs: 9000, healedAtMs: 9000, untilMs: 12_000 })
    expect(second).toMatchObject({ goOnSec: expect.closeTo(2, 1), lostSec: expect.closeTo(0.96, 1) })
  })

  test('say how long a source took to come back, and whether another one noticed', () => {
    const moments = { struckAtMs: 12_900, healedAtMs: 15_000 }
    expect(measureFault(pictures, moments, 1)).toMatchObject({ sourceBackSec: expect.closeTo(1, 1), othersAwaySec: 0 })
    expect(measureFault(pictures, moments, 0).othersAwaySec).toBeCloseTo(3, 1)
  })
})
