let shiftMs = 0

/**
 * The page's one clock: epoch milliseconds on the monotonic time base, the same in the window and in its workers
 * (High Resolution Time §4). Wall-clock steps do not move it.
 */
export function nowMs(): number {
  return clockMs(performance.now())
}

/** The page's clock at a time that the browser gives as `DOMHighResTimeStamp`. */
export function clockMs(performanceMs: number): number {
  return performance.timeOrigin + shiftMs + performanceMs
}

/** Puts the clock onto that of another page, once, before anything has asked for it; the window and the worker each. */
export function shiftClock(byMs: number): void {
  shiftMs = byMs
}
