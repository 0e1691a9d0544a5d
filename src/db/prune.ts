import { and, eq, inArray, isNotNull, lt, notExists, or, sql } from 'drizzle-orm'
import { OPEN_STATES } from '../recording/index.ts'
import type { Database, Queries } from './database.ts'
import { IDEMPOTENCY_TTL_MS } from './idempotency-keys.ts'
import {
  commands,
  events,
  idempotencyKeys,
  recordings,
  roomPresence,
  roomSignals,
  rooms,
  webhookDeliveries,
} from './schema.ts'

const DAY_MS = 24 * 3600 * 1000
/** How far back an event stream can resume. */
export const EVENTS_KEPT_MS = 7 * DAY_MS

/** The longest recording and a day more: its signals among the commands are told to each of its takes. */
const COMMANDS_KEPT_MS = 8 * DAY_MS

/**
 * Deletes what has served: old events, answered commands, idempotency keys, settled deliveries, and the history of rooms
 * that were silent for `roomHistoryDays`. Recordings stay.
 */
export function prune(
  database: Database,
  now: Date,
  { roomHistoryDays }: { readonly roomHistoryDays: number },
): Promise<void> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs)
  return database.run(async (queries) => {
    await queries.delete(events).where(lt(events.at, before(EVENTS_KEPT_MS)))
    await queries.delete(commands).where(lt(commands.createdAt, before(COMMANDS_KEPT_MS)))
    await queries.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before(IDEMPOTENCY_TTL_MS)))
    const settled = or(isNotNull(webhookDeliveries.deliveredAt), isNotNull(webhookDeliveries.givenUpAt))
    await queries.delete(webhookDeliveries).where(and(settled, lt(webhookDeliveries.createdAt, before(EVENTS_KEPT_MS))))
    await queries
      .delete(roomSignals)
      .where(inArray(roomSignals.room, silentRooms(queries, before(roomHistoryDays * DAY_MS))))
  })
}

/** Rooms without a signal since then, that no open recording and no participant is in. */
function silentRooms(queries: Queries, since: Date) {
  const recorded = queries
    .select({ one: sql`1` })
    .from(recordings)
    .where(
      and(
        eq(sql`coalesce(${recordings.room}, ${recordings.id})`, rooms.room),
        inArray(recordings.state, [...OPEN_STATES]),
      ),
    )
  const present = queries.select({ one: sql`1` }).from(roomPresence).where(eq(roomPresence.room, rooms.room))
  return queries
    .select({ room: rooms.room })
    .from(rooms)
    .where(and(lt(rooms.lastAt, since), notExists(recorded), notExists(present)))
}
