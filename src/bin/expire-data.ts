import { createOldHistory, type Database, prune } from '../db/index.ts'
import { siftHistories } from '../hub/index.ts'
import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS

export interface ExpireDataOptions {
  readonly roomHistoryDays: number
}

/** Takes out of the database what has served, and gives the room back. Errors: `database.unavailable`. */
export async function tidy(database: Database, now: Date, { roomHistoryDays }: ExpireDataOptions): Promise<void> {
  await prune(database, now, { roomHistoryDays })
  await siftHistories(createOldHistory(database), new Date(now.getTime() - roomHistoryDays * DAY_MS))
  await database.vacuum()
}

/** What fails is made up for an hour later. */
export function expireDataHourly(database: Database, options: ExpireDataOptions, logger: Logger): Disposable {
  const timer = setInterval(() => {
    tidy(database, new Date(), options).catch((thrown: unknown) => {
      logger.warn({ err: toAppError(thrown) }, 'what has served could not be taken out of the database')
    })
  }, HOUR_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
