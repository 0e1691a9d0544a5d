import { createOldHistory, type Database, prune } from '../db/index.ts'
import { siftHistories } from '../hub/index.ts'
import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { repeat } from '../timing/index.ts'
import type { WorkerTimes } from '../worker/index.ts'

const DAY_MS = 24 * 3600 * 1000

interface ExpireDataOptions {
  readonly roomHistoryDays: number
}

/** Deletes expired rows, and gives their room back. Errors: `database.unavailable`. */
export async function expireData(database: Database, now: Date, { roomHistoryDays }: ExpireDataOptions): Promise<void> {
  await prune(database, now, { roomHistoryDays })
  await siftHistories(createOldHistory(database), new Date(now.getTime() - roomHistoryDays * DAY_MS))
  await database.vacuum()
}

/** What fails is made up for by the next run. */
export function expireDataRegularly(
  database: Database,
  options: ExpireDataOptions,
  { logger, times }: { readonly logger: Logger; readonly times: Pick<WorkerTimes, 'expiryMs'> },
): Disposable {
  return repeat({
    everyMs: times.expiryMs,
    work: () => expireData(database, new Date(), options),
    onError(thrown) {
      logger.warn({ err: toAppError(thrown) }, 'expired rows could not be deleted from the database')
    },
  })
}
