import { AppError } from '../../protocol/index.ts'
import { RETRY_POLICIES, retry } from '../../timing/index.ts'

interface UntilStoredOptions {
  readonly signal: AbortSignal
  /** Called with the first failure. */
  readonly onTrouble: (error: AppError) => void
}

/**
 * Repeats `run` until the store accepts it; gives up, with the last error, only when aborted, or when a later take has begun. An
 * abort also ends the attempt that goes on. A call that begins after the abort has one attempt.
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
