import { AppError } from '../../protocol/index.ts'
import { RETRY_POLICIES, retry } from '../../timing/index.ts'

export interface UntilStoredOptions {
  readonly signal: AbortSignal
  /** Called once for each row of failures, with its first. */
  readonly onTrouble: (error: AppError) => void
}

/**
 * Repeats `run` until the store takes it; gives up, with the last error, only when aborted, or when a later take has begun. An
 * abort ends it at once, also while `run` is still waited for; begun later, `run` has one try.
 */
export function untilStored<T>(run: () => Promise<T>, { signal, onTrouble }: UntilStoredOptions): Promise<T> {
  return retry(run, {
    policy: RETRY_POLICIES.store,
    code: 'store.unavailable',
    isWorthIt: ({ code }) => code !== 'take.superseded',
    onFailure: (error, attempt) => attempt === 1 && onTrouble(error),
    signal,
    // A store that accepts and never answers must not outlast a deadline.
    abandon: () => new AppError('store.unavailable', 'The store did not answer in time'),
  })
}
