import type { SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { OPEN_STATES } from '../recording/index.ts'
import type { Database, Queries } from './database.ts'
import { and, inArray, isNotNull, lt, notExists, or, sql } from './drizzle.ts'
import { shares } from './highlights/schema.ts'
import { IDEMPOTENCY_TTL_MS } from './idempotency-keys.ts'
import { commands, events, recordings, workers } from './recordings/schema.ts'
import { roomPresence, roomSignals, rooms } from './rooms/schema.ts'
import { idempotencyKeys } from './schema.ts'
import { webhookDeliveries } from './webhooks/schema.ts'

const DAY_MS = 24 * 3600 * 1000
/** How far back an event stream can resume. */
const EVENTS_KEPT_MS = 7 * DAY_MS

/** The longest recording and a day more: its signals among the commands are replayed to each of its takes. */
const COMMANDS_KEPT_MS = 8 * DAY_MS
/** How long a link that has expired is still listed. */
const SHARES_KEPT_MS = 7 * DAY_MS
/** A worker that signs no more was killed. */
const WORKERS_KEPT_MS = DAY_MS
/** Rows that one statement deletes: it is over long before a connection waits too long for its answer. */
const AT_ONCE = 2000

/**
 * Deletes expired rows: old events, commands and idempotency keys, ended deliveries, expired shares, workers that died,
 * and the history of rooms that were silent for `roomHistoryDays`. Recordings stay.
 */
export async function prune(
  database: Database,
  now: Date,
  { roomHistoryDays }: { readonly roomHistoryDays: number },
): Promise<void> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs)
  const ended = or(isNotNull(webhookDeliveries.deliveredAt), isNotNull(webhookDeliveries.givenUpAt))
  const expired: readonly Expired[] = [
    { table: events, key: events.id, where: lt(events.at, before(EVENTS_KEPT_MS)) },
    { table: commands, key: commands.id, where: lt(commands.createdAt, before(COMMANDS_KEPT_MS)) },
    {
      table: idempotencyKeys,
      key: idempotencyKeys.key,
      where: lt(idempotencyKeys.createdAt, before(IDEMPOTENCY_TTL_MS)),
    },
    {
      table: webhookDeliveries,
      key: webhookDeliveries.id,
      where: and(ended, lt(webhookDeliveries.createdAt, before(EVENTS_KEPT_MS))),
    },
    { table: shares, key: shares.id, where: lt(shares.expiresAt, before(SHARES_KEPT_MS)) },
    { table: workers, key: workers.worker, where: lt(workers.seenAt, before(WORKERS_KEPT_MS)) },
  ]
  for (const one of expired) await deleteAll(database, one)
  await deleteSilent(database, before(roomHistoryDays * DAY_MS))
}

interface Expired {
  readonly table: PgTable
  readonly key: PgColumn
  readonly where: SQL | undefined
}

async function deleteAll(database: Database, { table, key, where }: Expired): Promise<void> {
  await inPieces(() =>
    database.run((queries) => {
      const some = queries.select({ key }).from(table).where(where).limit(AT_ONCE)
      return queries.delete(table).where(inArray(key, some)).returning({ one: sql`1` })
    }),
  )
}

async function deleteSilent(database: Database, since: Date): Promise<void> {
  const { room, seq } = roomSignals
  await inPieces(() =>
    database.run((queries) => {
      const some = queries
        .select({ room, seq })
        .from(roomSignals)
        .where(inArray(room, silentRooms(queries, since)))
        .limit(AT_ONCE)
      return queries.delete(roomSignals).where(sql`(${room}, ${seq}) in ${some}`).returning({ one: sql`1` })
    }),
  )
}

async function inPieces(deleteSome: () => Promise<readonly unknown[]>): Promise<void> {
  while ((await deleteSome()).length === AT_ONCE);
}

/** Rooms without a signal since then, that no open recording and no participant is in. */
function silentRooms(queries: Queries, since: Date) {
  const recorded = queries
    .select({ one: sql`1` })
    .from(recordings)
    .where(
      and(
        sql`coalesce(${recordings.room}, ${recordings.id}) = ${rooms.room}`,
        inArray(recordings.state, [...OPEN_STATES]),
      ),
    )
  const present = queries.select({ one: sql`1` }).from(roomPresence).where(sql`${roomPresence.room} = ${rooms.room}`)
  return queries
    .select({ room: rooms.room })
    .from(rooms)
    .where(and(lt(rooms.lastAt, since), notExists(recorded), notExists(present)))
}
