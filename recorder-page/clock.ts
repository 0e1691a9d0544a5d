/**
 * The page's one clock: epoch milliseconds on the monotonic time base, the same in the window and in its workers
 * (High Resolution Time §4). Wall-clock steps do not move it.
 */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
