/** How often the job engine does what nothing announces, seconds. */
export interface EngineTimes {
  /** Between two searches for dead workers and stuck jobs; pg-boss takes no less than 1. */
  readonly monitorSec: number
  /** Between two checks which schedules are due: what they start begins at most so late. */
  readonly scheduleCheckSec: number
}

export const DEFAULT_ENGINE_TIMES: EngineTimes = { monitorSec: 3, scheduleCheckSec: 5 }
