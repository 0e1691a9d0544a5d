import pRetry, { type RetryContext } from 'p-retry'
import { type AppError, toAppError } from '../protocol/app-error.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import { delay } from './delay.ts'
import { backOffMs, type RetryPolicy } from './policies.ts'
import { unlessAborted } from './within.ts'

export interface RetryOptions {
  readonly policy: RetryPolicy
  /** Of what is thrown and is no `AppError`; `internal` without it. */
  readonly code?: ErrorCode
  /** False: trying again cannot help, and the error is thrown. Without it, what `AppError.retryable` says. */
  readonly isWorthIt?: (error: AppError) => boolean
  /** Is told each failure that is followed by another try. `attempt` counts from 1. */
  readonly onFailure?: (error: AppError, attempt: number) => unknown
  /** Ends the tries and the waits between them, with the last error. A call that begins after the abort has one try. */
  readonly signal?: AbortSignal | undefined
  /** With it an abort also ends the try that goes on, with this error: the work must not outlast the signal. */
  readonly abandon?: () => AppError
}

/** Repeats `run` until it succeeds, as the policy says; throws the last error, as an `AppError`. */
export async function retry<T>(run: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { policy, signal, onFailure, isWorthIt = ({ retryable }: AppError) => retryable } = options
  return await pRetry(() => attempt(run, options), {
    retries: policy.attempts === undefined ? Number.POSITIVE_INFINITY : policy.attempts - 1,
    minTimeout: 0,
    maxTimeout: 0,
    async shouldRetry({ error, attemptNumber }: RetryContext) {
      const failure = toAppError(error, options.code)
      if (signal?.aborted || !isWorthIt(failure)) return false
      onFailure?.(failure, attemptNumber)
      await delay(backOffMs(policy, attemptNumber - 1, Math.random()), { signal })
      return !signal?.aborted
    },
  })
}

async function attempt<T>(run: () => Promise<T>, { signal, abandon, code }: RetryOptions): Promise<T> {
  try {
    if (signal === undefined || abandon === undefined || signal.aborted) return await run()
    return await unlessAborted(signal, run(), () => {
      throw abandon()
    })
  } catch (error) {
    // p-retry takes a TypeError that is not of the network for a mistake in the code, and reports it wrapped.
    throw toAppError(error, code)
  }
}
