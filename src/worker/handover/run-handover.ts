import type { RunningTake } from '../take/supervise-take.ts'
import type { TakeEnd } from '../take/take-end.ts'
import { firstEvent } from './first-event.ts'
import { type ActiveTake, HandoverAttempt, type HandoverOptions } from './handover-attempt.ts'
import { HandoverSchedule, restMs } from './handover-schedule.ts'

/**
 * Runs a take, and whenever it is due has the next one take over, frame by frame; resolves with the last one and how it
 * ended. A take that does not come to take over is given up: the running one goes on and is due again.
 */
export async function runHandovers(
  options: HandoverOptions,
  first: ActiveTake,
): Promise<ActiveTake & { readonly end: TakeEnd }> {
  let active = first
  for (;;) {
    const next = await runUntilHandover(options, active)
    if ('kind' in next) return { ...active, end: next }
    active = next
  }
}

/** Resolves with how the take ended, or with the one that took over. */
async function runUntilHandover(options: HandoverOptions, active: ActiveTake): Promise<ActiveTake | TakeEnd> {
  const { take, request, written } = active
  using schedule = new HandoverSchedule(take, { isPaused: request.isPaused, nowMs: () => performance.now() })
  for (let failures = 0; ; failures += 1) {
    const due = written.then(() => schedule.next(restMs(failures, options.times))).then(() => undefined)
    const end = await Promise.race([take.end, due])
    const next = end ?? (await tryHandover(options, active))
    if (next !== undefined) return next
  }
}

/** Undefined when the running take goes on, or has ended. */
async function tryHandover(options: HandoverOptions, active: ActiveTake): Promise<ActiveTake | undefined> {
  if (active.take.ending.aborted) return undefined
  using attempt = new HandoverAttempt(options, active)
  return await attempt.run()
}

/** The first picture's time of a take that was just started. */
export function epochOf(take: RunningTake): Promise<number> {
  return firstEvent(take, 'started').then(({ takeEpochMs }) => takeEpochMs)
}
