import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, toAppError } from '../protocol/index.ts'

const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 5_000

export interface RetryOptions {
  readonly signal: AbortSignal
  /** Called once for each row of failures, with its first. */
  readonly onTrouble: (error: AppError) => void
}

/**
 * Repeats `run` until it succeeds, waiting longer each time; gives up, with the last error, only when aborted, or when a
 * later take has begun. An abort ends it at once, also while `run` is still waited for; begun later, `run` has one try.
 */
export async function retry<T>(run: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await unlessAborted(run(), options.signal)
    } catch (thrown) {
      const error = toAppError(thrown, 'store.unavailable')
      if (options.signal.aborted || error.code === 'take.superseded') throw error
      if (attempt === 0) options.onTrouble(error)
      await pause(backOffMs(attempt, Math.random()), options.signal)
      if (options.signal.aborted) throw error
    }
  }
}

/** Doubles up to 5 s; `random` from 0 to 1 spreads the callers over the second half of each wait. */
export function backOffMs(attempt: number, random: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random / 2)
}

/** Waits, or less when aborted; it never throws. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined)
}

/** A store that accepts and never answers must not outlast a deadline. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return await work
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(new AppError('store.unavailable', 'The store did not answer in time'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
