import type { WorkerTimes } from '../../src/worker/index.ts'

/**
 * For tests of what a worker does, not of when: everything that it looks for or writes by itself comes several times a second. What
 * recorders have time for stays as it is in the service. pg-boss takes no less than these seconds.
 */
export const QUICK_TIMES = {
  monitorSec: 1,
  scheduleCheckSec: 1,
  failWaitingMs: 300,
  requeueMs: 300,
  scheduledMs: 300,
  webhooksMs: 300,
  clipsMs: 300,
  deletionsMs: 300,
  admissionMs: 200,
  silenceCheckMs: 200,
  progressMs: 300,
  pollSec: 0.5,
  takePollSec: 0.5,
  urgentPollSec: 0.5,
} as const satisfies Partial<WorkerTimes>
