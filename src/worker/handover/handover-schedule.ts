import type { RunningTake } from '../take/supervise-take.ts'

/** A busy machine may do better at once; where the second attempt fails too, another browser would only be in the way. */
const FREE_ATTEMPTS = 2
const FIRST_REST_MS = 30_000
const LONGEST_REST_MS = 300_000

/** How long the running take is left alone after so many attempts in a row to follow it that failed. */
export function restMs(failures: number): number {
  return failures < FREE_ATTEMPTS ? 0 : Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failures - FREE_ATTEMPTS))
}

export interface HandoverSchedule extends Disposable {
  /** Resolves when the take is due, but not before this time is over. A take that is due says so again and again. */
  next(restMs: number): Promise<void>
}

/** Says when a take is to be followed: never while it is paused, and at once when it is resumed and was due meanwhile. */
export function watchDue(
  take: Pick<RunningTake, 'watch'>,
  { isPaused, nowMs }: { readonly isPaused: boolean; readonly nowMs: () => number },
): HandoverSchedule {
  let paused = isPaused
  let isDue = false
  let fromMs = 0
  let wake: (() => void) | undefined
  const look = (): void => {
    if (wake === undefined || !isDue || paused || nowMs() < fromMs) return
    isDue = false
    wake()
    wake = undefined
  }
  const watch = take.watch(({ type }) => {
    if (type === 'handover-due') isDue = true
    if (type === 'paused' || type === 'resumed') paused = type === 'paused'
    look()
  })
  return {
    next(waitMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      fromMs = nowMs() + waitMs
      wake = resolve
      look()
      return promise
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }
}
