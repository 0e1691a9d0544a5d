import { expect, test } from 'vitest'
import { backOffMs, LONGEST_BACK_OFF_MS } from '../../recorder-page/sources/back-off.ts'

test('waits half a second first, then longer, ten seconds at most', () => {
  expect(backOffMs(1, 0)).toBe(500)
  expect(backOffMs(2, 0)).toBe(750)
  expect(backOffMs(100_000, 0)).toBe(LONGEST_BACK_OFF_MS)
})

test('waits so briefly in the first minute of an outage that a source is back within five seconds', () => {
  let outageMs = 0
  for (let failures = 1; outageMs < 60_000; failures++) {
    const waitMs = backOffMs(failures, 0)
    expect(waitMs).toBeLessThan(4000)
    outageMs += waitMs
  }
})

test('lets chance shorten a wait, by less than a third', () => {
  expect(backOffMs(1, 1)).toBeCloseTo(350)
})
