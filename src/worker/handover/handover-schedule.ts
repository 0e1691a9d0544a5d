import type { RunningTake } from '../take/supervise-take.ts'
import type { HandoverTimes } from '../worker-times.ts'

/** A busy machine may do better at once; where the second attempt fails too, another browser would only be in the way. */
const FREE_ATTEMPTS = 2

/** How long the running take is left alone after so many attempts in a row to follow it that failed. */
export function restMs(
  failures: number,
  { firstRestMs, longestRestMs }: Pick<HandoverTimes, 'firstRestMs' | 'longestRestMs'>,
): number {
  return failures < FREE_ATTEMPTS ? 0 : Math.min(longestRestMs, firstRestMs * 2 ** (failures - FREE_ATTEMPTS))
}

/** Decides when a take is to be followed: never while it is paused, and at once when it is resumed and became due meanwhile. */
export class HandoverSchedule implements Disposable {
  readonly #nowMs: () => number
  readonly #events: Disposable
  #isPaused: boolean
  #isDue = false
  #fromMs = 0
  #resolve: (() => void) | undefined

  constructor(
    take: Pick<RunningTake, 'onEvent'>,
    { isPaused, nowMs }: { readonly isPaused: boolean; readonly nowMs: () => number },
  ) {
    this.#isPaused = isPaused
    this.#nowMs = nowMs
    this.#events = take.onEvent(({ type }) => {
      if (type === 'handover-due') this.#isDue = true
      if (type === 'paused' || type === 'resumed') this.#isPaused = type === 'paused'
      this.#check()
    })
  }

  /** Resolves when the take is due, but not before this time is over. A take that is due sends `handover-due` again and again. */
  next(restMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#fromMs = this.#nowMs() + restMs
    this.#resolve = resolve
    this.#check()
    return promise
  }

  #check(): void {
    if (this.#resolve === undefined || !this.#isDue || this.#isPaused || this.#nowMs() < this.#fromMs) return
    this.#isDue = false
    this.#resolve()
    this.#resolve = undefined
  }

  [Symbol.dispose](): void {
    this.#events[Symbol.dispose]()
  }
}
