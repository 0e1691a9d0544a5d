import type { Logger } from '../telemetry/index.ts'
import { RETRY_POLICIES, retry } from '../timing/index.ts'

/** Repeats it while the database is away, or until the signal is aborted; throws what can never be written, and then the last failure. */
export async function untilWritten<T>(work: () => Promise<T>, logger: Logger, signal?: AbortSignal): Promise<T> {
  return await retry(work, {
    policy: RETRY_POLICIES.database,
    signal,
    onFailure: (err) => logger.warn({ err }, 'a report of the recorder waits for the database'),
  })
}
