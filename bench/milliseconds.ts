import { quantile } from '../test/kit/index.ts'

/** The columns of `millisecondsRow`. */
export const MILLISECONDS = ['milliseconds', 'p50', 'p95', 'max'] as const

/** A row of a table of delays, milliseconds. */
export function millisecondsRow(name: string, delays: readonly number[]): string[] {
  return [name, ...[0.5, 0.95, 1].map((q) => quantile(delays, q).toFixed(0))]
}
