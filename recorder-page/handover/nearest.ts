/** Of all times that are a whole number of periods away from `ms`, the one nearest to `to`. */
export function nearest(ms: number, to: number, periodMs: number | null): number {
  return periodMs === null ? ms : ms - Math.round((ms - to) / periodMs) * periodMs
}
