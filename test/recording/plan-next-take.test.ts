import { describe, expect, test } from 'vitest'
import { DEFAULT_RECOVERY, type TakeRecord } from '../../src/recording/index.ts'
import { planNextTake } from '../../src/recording/takes/plan-next-take.ts'
import { NOW } from './records.ts'

const MINUTE_MS = 60_000
const crash = { code: 'chrome.crashed', message: 'Chrome ended' }

/** Takes that follow each other without a pause; the last one ends now. `null`: it never had a picture. */
function takesOf(...ranMs: (number | null)[]): TakeRecord[] {
  const total = ranMs.reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
  let at = NOW.getTime() - total
  return ranMs.map((ms, index) => {
    const begin = new Date(at).toISOString()
    at += ms ?? 0
    const end = new Date(at).toISOString()
    return {
      number: index + 1,
      startedAt: begin,
      endedAt: end,
      durationSec: 0,
      segments: 0,
      error: crash,
      firstPictureAt: ms === null ? null : begin,
      aliveAt: end,
    }
  })
}
/** To a process that began with the first take. */
const AT = { now: NOW, bornAt: new Date(0) }
const delayAfter = (...ranMs: (number | null)[]) => {
  const plan = planNextTake(takesOf(...ranMs), AT)
  return plan.action === 'next-take' ? plan.delayMs : plan.error.code
}
const repeat = (count: number, ms: number | null) => Array.from({ length: count }, () => ms)

describe('the take after one that ended by itself', () => {
  test('begins at once, however long that one ran', () => {
    expect(delayAfter(40 * MINUTE_MS)).toBe(0)
    expect(delayAfter(500)).toBe(0)
  })

  test('waits longer and longer while takes die quickly, and never longer than half a minute', () => {
    const waits = Array.from({ length: 9 }, (_, index) => delayAfter(MINUTE_MS, ...repeat(index, 500)))
    expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('begins at once again after one that ran well', () => {
    expect(delayAfter(...repeat(9, 500), MINUTE_MS)).toBe(0)
    expect(delayAfter(...repeat(9, 500), MINUTE_MS, 500)).toBe(0)
    expect(delayAfter(...repeat(9, 500), MINUTE_MS, 500, 500)).toBe(1000)
  })

  test("begins at once after the service was stopped, which is nobody's fault", () => {
    const takes = takesOf(...repeat(6, 500)).map((take) => ({
      ...take,
      error: { code: 'service.stopping', message: '' },
    }))
    expect(planNextTake(takes, AT)).toEqual({ action: 'next-take', delayMs: 0 })
  })
})

test('no wait is added to the time that it took to miss a worker, however quickly the takes before died', () => {
  const [last, ...before] = takesOf(MINUTE_MS, ...repeat(6, 500)).reverse()
  if (last === undefined) return expect.unreachable()
  const lost = { ...last, error: { code: 'recorder.lost', message: '' } }
  expect(planNextTake([...before.reverse(), lost], AT)).toEqual({ action: 'next-take', delayMs: 0 })
})

describe('a recording is given up', () => {
  test('after so many quick deaths in a row, with the last error named', () => {
    expect(delayAfter(MINUTE_MS, ...repeat(DEFAULT_RECOVERY.quickDeaths - 1, 500))).toBe(30_000)
    const plan = planNextTake(takesOf(MINUTE_MS, ...repeat(DEFAULT_RECOVERY.quickDeaths, 500)), AT)
    expect(plan).toMatchObject({
      action: 'give-up',
      error: { code: 'recording.crash-loop', message: expect.stringContaining('chrome.crashed: Chrome ended') },
    })
  })

  test('sooner, and with its own error, when it never had a picture', () => {
    expect(delayAfter(null, null)).toBe(1000)
    expect(delayAfter(null, null, null)).toBe('chrome.crashed')
    expect(delayAfter(500, null, null)).toBe(2000)
  })

  test.each(['chrome.not-found', 'encoder.unsupported', 'config.invalid'])('at once for %s', (code) => {
    const takes = takesOf(MINUTE_MS).map((take) => ({ ...take, error: { code, message: 'missing' } }))
    expect(planNextTake(takes, AT)).toEqual({ action: 'give-up', error: { code, message: 'missing' } })
  })

  test('when nobody carried it on for ten minutes', () => {
    const later = (ms: number) => new Date(NOW.getTime() + ms)
    const takes = takesOf(MINUTE_MS)
    const startedAnew = (ms: number) => planNextTake(takes, { now: later(ms), bornAt: later(ms - 1) })
    expect(startedAnew(9 * MINUTE_MS).action).toBe('next-take')
    expect(startedAnew(11 * MINUTE_MS)).toEqual({ action: 'give-up', error: crash })
    const wasThere = { now: later(60 * MINUTE_MS), bornAt: later(-60 * MINUTE_MS) }
    expect(planNextTake(takes, wasThere).action).toBe('next-take')
  })
})
