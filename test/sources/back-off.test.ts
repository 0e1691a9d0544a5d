import { expect, test } from 'vitest'
import { backOffMs, LONGEST_BACK_OFF_MS } from '../../recorder-page/sources/back-off.ts'

test('waits half a second first, then longer, ten seconds at most', () => {
  expect(backOffMs(1, 0)).toBe(500)
  expect(backOffMs(2, 0)).toBe(750)
  expect(backOffMs(1000, 0)).toBe(LONGEST_BACK_OFF_MS)
})

test('never waits longer than half of the outage so far, so that ten seconds of outage cost five at most', () => {
  let outageMs = 0
  for (let failures = 1; failures < 20; failures++) {
    const waitMs = backOffMs(failures, 0)
    if (failures > 2) expect(waitMs).toBeLessThanOrEqual(outageMs)
    outageMs += waitMs
    if (outageMs > 10_000) break
    expect(waitMs).toBeLessThan(5000)
  }
})

test('lets chance shorten a wait, by less than a third', () => {
  expect(backOffMs(1, 1)).toBeCloseTo(350)
})
