import { expect, test } from 'vitest'
import { createMemoryJudge, END_BYTES, WARN_BYTES } from '../../src/recorder/judge-memory.ts'

const MB = 1024 * 1024
const EVERY_MS = 10_000

/** What the judge says, measure by measure. */
function verdictsOf(bytesAt: (minute: number) => number, minutes: number): readonly (string | undefined)[] {
  const judge = createMemoryJudge()
  return Array.from({ length: minutes * 6 }, (_, i) => judge.see(bytesAt(i / 6), i * EVERY_MS)?.kind)
}

test('says nothing while memory fills up to its level and stays there', () => {
  const level = (minute: number) => (minute < 5 ? 500 + 80 * minute : 900 + 20 * Math.sin(minute)) * MB
  // The first window still has the filling in it: it ends at five minutes, and climbs by less than the limit after.
  expect(verdictsOf((minute) => level(minute + 5), 120).filter(Boolean)).toEqual([])
})

test('warns once when memory climbs and climbs', () => {
  expect(verdictsOf((minute) => (800 + 15 * minute) * MB, 60).filter(Boolean)).toEqual(['warn'])
})

test('warns once beyond one limit, and ends the take beyond the other', () => {
  const verdicts = verdictsOf((minute) => (minute < 1 ? WARN_BYTES - 1 : minute < 2 ? WARN_BYTES : END_BYTES), 3)
  expect([verdicts.indexOf('warn'), verdicts.indexOf('end')]).toEqual([6, 12])
  expect(verdicts.filter((kind) => kind === 'warn')).toHaveLength(1)
})
