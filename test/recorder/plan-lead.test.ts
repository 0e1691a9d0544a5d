import { expect, test } from 'vitest'
import { handOverLeadMs } from '../../src/recorder/plan-lead.ts'

/** What a worker gives one attempt: positions, readiness, notice of the switch time. */
const ATTEMPT_SEC = 34

test.each([
  [60, 35],
  [100, 50],
  [160, 80],
  [900, 80],
  [86_400, 80],
])('a take of %i s asks for the next one %i s before its end', (maxTakeSec, leadSec) => {
  expect(handOverLeadMs(maxTakeSec)).toBe(leadSec * 1000)
  expect(leadSec).toBeGreaterThanOrEqual(maxTakeSec >= 160 ? 2 * ATTEMPT_SEC : ATTEMPT_SEC)
})
