import { afterEach, expect, test, vi } from 'vitest'
import { clockMs, shiftClock, wallShiftMs } from '../../recorder-page/clock.ts'

/** The wall clock as it is, moved by so much. */
function moveWall(byMs: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => Math.round(performance.timeOrigin + performance.now() + byMs))
}

afterEach(() => {
  vi.restoreAllMocks()
  shiftClock(0)
})

test.each([-3_600_000, 250])(
  'a page that waited while the wall clock was moved by %i ms is at the wall again',
  (byMs) => {
    moveWall(byMs)
    shiftClock(wallShiftMs())
    expect(Math.abs(clockMs(performance.now()) - Date.now())).toBeLessThan(2)
  },
)

test('two readings of the same clocks are no shift', () => {
  moveWall(2)
  expect(wallShiftMs()).toBe(0)
})
