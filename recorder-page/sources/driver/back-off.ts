import type { AppError } from '../../../src/protocol/app-error.ts'
import { backOffMs, RETRY_POLICIES } from '../../../src/timing/index.ts'
import { isHopeless } from './source-error.ts'

/** So many attempts, with loading, are the first minute of an outage. */
const FIRST_MINUTE = 22

/**
 * Milliseconds to wait for the next attempt after `failures` failed ones in a row (1 or more), the last with this error.
 * `random` is from 0 to 1: 1 is the longest wait.
 */
export function sourceBackOffMs(error: AppError, failures: number, random: number): number {
  if (isHopeless(error)) return backOffMs(RETRY_POLICIES.hopelessSource, failures - 1, random)
  const policy = failures <= FIRST_MINUTE ? RETRY_POLICIES.source : RETRY_POLICIES.absentSource
  return backOffMs(policy, failures - 1, random)
}
