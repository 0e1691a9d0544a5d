import { expect, test } from 'vitest'
import {
  createMemoryJudge,
  END_BYTES,
  type MemoryVerdict,
  WARN_BYTES,
} from '../../../src/recorder/health/judge-memory.ts'

const MB = 1024 * 1024
const EVERY_MS = 10_000

/** What the judge says, measure by measure. */
function verdictsOf(bytesAt: (minute: number) => number, minutes: number): readonly MemoryVerdict[] {
  const judge = createMemoryJudge()
  return Array.from({ length: minutes * 6 }, (_, i) => judge.judge(bytesAt(i / 6), i * EVERY_MS))
}
const warningsOf = (verdicts: readonly MemoryVerdict[]) => verdicts.filter(({ warning }) => warning !== undefined)

test('says nothing while memory fills up to its level and stays there', () => {
  const level = (minute: number) => (minute < 5 ? 500 + 80 * minute : 900 + 20 * Math.sin(minute)) * MB
  const verdicts = verdictsOf(level, 120)
  expect(verdicts.filter(({ isHigh }) => isHigh)).toEqual([])
})

test('warns once when memory climbs and climbs', () => {
  expect(warningsOf(verdictsOf((minute) => (800 + 15 * minute) * MB, 60))).toHaveLength(1)
})

test('warns once beyond one limit, and ends the take beyond the other', () => {
  const verdicts = verdictsOf((minute) => (minute < 1 ? WARN_BYTES - 1 : minute < 2 ? WARN_BYTES : END_BYTES), 3)
  expect(verdicts.findIndex(({ warning }) => warning !== undefined)).toBe(6)
  expect(verdicts.findIndex(({ end }) => end !== undefined)).toBe(12)
  expect(warningsOf(verdicts)).toHaveLength(1)
})

test('says with every measure that memory is high, so that a browser which was too young once is renewed later', () => {
  const verdicts = verdictsOf((minute) => (minute < 5 ? 0 : WARN_BYTES), 20)
  expect(verdicts.map(({ isHigh }) => isHigh)).toEqual(verdicts.map((_, i) => i >= 5 * 6))
})

test('hears memory climb also after it was high', () => {
  const spike = (minute: number) => (minute < 1 ? WARN_BYTES / MB : 800 + 15 * minute) * MB
  expect(warningsOf(verdictsOf(spike, 60)).map(({ warning }) => warning?.message)).toEqual([
    expect.stringContaining('see which sources'),
    expect.stringContaining('MB a minute'),
  ])
})
