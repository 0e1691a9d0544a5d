import type { DeletionLog } from '../../retention/index.ts'
import type { Database, Queries } from '../database.ts'
import { and, eq, inArray, isNotNull, isNull, lt, ne, or, sql } from '../drizzle.ts'
import { highlights, recaps } from '../highlights/schema.ts'
import { roomPresence, roomSignals, rooms } from '../rooms/schema.ts'
import { webhookDeliveries } from '../webhooks/schema.ts'
import { commands, events, recordings } from './schema.ts'

const ROOM = sql<string>`coalesce(${recordings.room}, ${recordings.id})`

export function createDeletionLog(database: Database): DeletionLog {
  return {
    async find(id) {
      const wanted = and(eq(recordings.id, id), isNotNull(recordings.deletion))
      const [row] = await database.run((queries) =>
        queries.select({ deletion: recordings.deletion }).from(recordings).where(wanted),
      )
      return row?.deletion ? { id, deletion: row.deletion } : undefined
    },

    async marked() {
      const rows = await database.run((queries) =>
        queries.select({ id: recordings.id }).from(recordings).where(isNotNull(recordings.deletion)),
      )
      return rows.map(({ id }) => id)
    },

    async expired(now, defaultAgeSec) {
      const own = lt(recordings.expiresAt, now)
      const since = defaultAgeSec === null ? undefined : new Date(now.getTime() - defaultAgeSec * 1000)
      const byDefault = since && and(isNull(recordings.expiresAt), lt(recordings.endedAt, since))
      const wanted = and(isNull(recordings.deletion), or(own, byDefault))
      const rows = await database.run((queries) => queries.select({ id: recordings.id }).from(recordings).where(wanted))
      return rows.map(({ id }) => id)
    },

    remove(id) {
      return database.transaction(async (queries) => {
        const [row] = await queries.select({ room: ROOM }).from(recordings).where(eq(recordings.id, id)).for('update')
        if (row === undefined) return
        await queries.delete(commands).where(eq(commands.recordingId, id))
        await queries.delete(webhookDeliveries).where(eq(webhookDeliveries.recordingId, id))
        await removeClips(queries, id)
        await queries.delete(events).where(and(eq(events.recordingId, id), ne(events.type, 'recording.deleted')))
        await queries.delete(recordings).where(eq(recordings.id, id))
        await forgetRoom(queries, row.room)
      })
    },
  }
}

/**
 * Removes the rows without a clip or a film. A deleted highlight was kept so that a repeated trigger is recognised, which
 * cannot come any more. One whose media are still there goes with them.
 */
async function removeClips(queries: Queries, recordingId: string): Promise<void> {
  await queries.delete(recaps).where(and(eq(recaps.recordingId, recordingId), ne(recaps.state, 'ready')))
  const deleted = and(eq(highlights.recordingId, recordingId), isNotNull(highlights.deletedAt))
  await queries.delete(highlights).where(and(deleted, eq(highlights.purged, true)))
  await queries.update(highlights).set({ originKey: null }).where(deleted)
}

/** Removes the history of a room that no recording and no participant uses. */
async function forgetRoom(queries: Queries, room: string): Promise<void> {
  const [other] = await queries.select({ id: recordings.id }).from(recordings).where(eq(ROOM, room)).limit(1)
  const [present] = await queries
    .select({ room: roomPresence.room })
    .from(roomPresence)
    .where(eq(roomPresence.room, room))
    .limit(1)
  if (other !== undefined || present !== undefined) return
  await queries.delete(roomSignals).where(inArray(roomSignals.room, [room]))
  await queries.delete(rooms).where(and(eq(rooms.room, room), sql`${room} like 'rec\\_%'`))
}
