import { describe, expect, test } from 'vitest'
import { extendWatch, isOverdue, LATEST_START_MS, type Watch } from '../../src/recording/schedules/start-queue.ts'
import { aRecord, NOW, SPEC } from './records.ts'

const PATIENCE_SEC = 60
const after = (sec: number) => new Date(NOW.getTime() + sec * 1000)
/** Looked at every two seconds. */
function watched(fromSec: number, untilSec: number, before?: Watch): Watch {
  let watch = extendWatch(before, after(fromSec))
  for (let sec = fromSec + 2; sec <= untilSec; sec += 2) watch = extendWatch(watch, after(sec))
  return watch
}
const overdue = (sec: number, watch: Watch, spec = SPEC) =>
  isOverdue(aRecord({ spec }), after(sec), { watch, defaultQueueSec: PATIENCE_SEC })

describe('a recording that waits', () => {
  test('is overdue after its time in which somebody watched', () => {
    expect(overdue(60, watched(-100, 60))).toBe(false)
    expect(overdue(62, watched(-100, 62))).toBe(true)
    expect(overdue(62, watched(-100, 62), { ...SPEC, maxQueueSec: 120 })).toBe(false)
  })

  test('does not wait while nobody is there: at a start everything is tried first', () => {
    expect(overdue(130, watched(130, 130))).toBe(false)
    expect(overdue(190, watched(130, 190))).toBe(false)
    expect(overdue(192, watched(130, 192))).toBe(true)
  })

  test('does not wait while the database is away, or the machine asleep', () => {
    const back = watched(100, 140, watched(-10, 10))
    expect(overdue(140, back)).toBe(false)
    expect(overdue(162, watched(142, 162, back))).toBe(true)
  })

  test('is overdue once its class is over, watched or not; a longer patience of its own goes first', () => {
    const late = LATEST_START_MS / 1000 + 1
    expect(overdue(late, watched(late, late))).toBe(true)
    expect(overdue(late, watched(late, late), { ...SPEC, maxQueueSec: 3600 })).toBe(false)
  })

  test('waits from its `startAt` on, less the time that a start takes', () => {
    const spec = { ...SPEC, startAt: after(1000).toISOString() }
    expect(overdue(1000 + 57, watched(0, 1000 + 57), spec)).toBe(false)
    expect(overdue(1000 + 60, watched(0, 1000 + 60), spec)).toBe(true)
  })
})
