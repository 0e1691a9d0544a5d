import { isErrorCode } from '../protocol/index.ts'

/** Buckets of what answers within seconds. */
export const LATENCY_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** `done`, or the code of an error: the label has a bounded set of values, whatever is thrown. */
export function outcomeLabel(outcome: string, done = 'completed'): string {
  return outcome === done || isErrorCode(outcome) ? outcome : 'internal'
}
