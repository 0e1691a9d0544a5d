import { and, isNotNull, lt, or } from 'drizzle-orm'
import type { Database } from './database.ts'
import { IDEMPOTENCY_TTL_MS } from './idempotency-keys.ts'
import { commands, events, idempotencyKeys, webhookDeliveries } from './schema.ts'

const DAY_MS = 24 * 3600 * 1000
/** How far back an event stream can resume. */
export const EVENTS_KEPT_MS = 7 * DAY_MS

/** Deletes what has served: old events, answered commands, idempotency keys and settled deliveries. Recordings stay. */
export function prune(database: Database, now: Date): Promise<void> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs)
  return database.run(async (queries) => {
    await queries.delete(events).where(lt(events.at, before(EVENTS_KEPT_MS)))
    await queries.delete(commands).where(lt(commands.createdAt, before(DAY_MS)))
    await queries.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before(IDEMPOTENCY_TTL_MS)))
    const settled = or(isNotNull(webhookDeliveries.deliveredAt), isNotNull(webhookDeliveries.givenUpAt))
    await queries.delete(webhookDeliveries).where(and(settled, lt(webhookDeliveries.createdAt, before(EVENTS_KEPT_MS))))
  })
}
