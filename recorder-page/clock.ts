/** What two readings of the same clocks differ by at most, `Date` in whole milliseconds. */
const READING_MS = 5

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

/** Sets the clock to that of another page: called once, before the first reading, in the window and in the worker. */
export function shiftClock(byMs: number): void {
  shiftMs = byMs
}

/** What the wall clock was moved by since this page was loaded, which may be long before its take. */
export function wallShiftMs(): number {
  const movedMs = Date.now() - (performance.timeOrigin + performance.now())
  return Math.abs(movedMs) > READING_MS ? movedMs : 0
}
