import { expect, test } from 'vitest'
import { sourceBackOffMs } from '../../recorder-page/sources/driver/back-off.ts'
import { AppError } from '../../src/protocol/app-error.ts'

/** The longest that chance leaves of a wait, and the shortest. */
const [LONGEST, SHORTEST] = [1, 0]
const LOST = new AppError('source.unreachable', 'The source got no answer.')
const REFUSED = new AppError('source.refused', 'The source was refused.')

test('waits half a second first, then longer, ten seconds at most', () => {
  expect(sourceBackOffMs(LOST, 1, LONGEST)).toBe(500)
  expect(sourceBackOffMs(LOST, 2, LONGEST)).toBe(750)
  expect(sourceBackOffMs(LOST, 100_000, LONGEST)).toBe(10_000)
})

test('waits so briefly in the first minute of an outage that a source is back within five seconds', () => {
  let outageMs = 0
  for (let failures = 1; outageMs < 60_000; failures++) {
    const waitMs = sourceBackOffMs(LOST, failures, LONGEST)
    expect(waitMs).toBeLessThan(4000)
    outageMs += waitMs
  }
})

test('lets chance shorten a wait, by less than a third', () => {
  expect(sourceBackOffMs(LOST, 1, SHORTEST)).toBeCloseTo(350)
})

test('asks a source that only a change of its own can help every ten seconds', () => {
  expect([1, 5, 500].map((failures) => sourceBackOffMs(REFUSED, failures, SHORTEST))).toEqual([10_000, 10_000, 10_000])
})
