import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, min, or, type SQL, sql } from 'drizzle-orm'
import type { HighlightRecord, HighlightRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { writeEvents } from '../recordings/write-events.ts'
import { highlights, shares } from './schema.ts'

type Row = typeof highlights.$inferSelect

const THERE = isNull(highlights.deletedAt)
const WAITING = and(THERE, eq(highlights.state, 'waiting'))

export function createHighlightRepository(database: Database): HighlightRepository {
  const select = async (wanted: SQL | undefined, order: SQL, limit?: number): Promise<readonly HighlightRecord[]> => {
    const rows = await database.run((queries) => {
      const query = queries.select().from(highlights).where(wanted).orderBy(order)
      return limit === undefined ? query : query.limit(limit)
    })
    return rows.map(toRecord)
  }

  return {
    insert({ record, events }) {
      return database.transaction(async (queries) => {
        const inserted = await queries
          .insert(highlights)
          .values(toRow(record))
          .onConflictDoNothing({ target: [highlights.recordingId, highlights.originKey] })
          .returning({ id: highlights.id })
        if (inserted.length === 0) {
          const same = and(
            eq(highlights.recordingId, record.recordingId),
            eq(highlights.originKey, record.originKey ?? ''),
          )
          const [known] = await queries.select().from(highlights).where(same)
          return { record: known === undefined ? record : toRecord(known), fresh: false }
        }
        await writeEvents(queries, record.recordingId, events)
        if (record.state === 'waiting') {
          await queries.execute(sql`select pg_notify('panorec_highlights', ${record.recordingId})`)
        }
        return { record, fresh: true }
      })
    },

    async find(id) {
      const [record] = await select(and(eq(highlights.id, id), THERE), asc(highlights.id))
      return record
    },

    list({ limit, beforeId, states, recordingId, room, label, by, favourite, since, until }) {
      const wanted = and(
        THERE,
        beforeId === undefined ? undefined : lt(highlights.id, beforeId),
        states === undefined ? undefined : inArray(highlights.state, [...states]),
        recordingId === undefined ? undefined : eq(highlights.recordingId, recordingId),
        room === undefined ? undefined : eq(highlights.room, room),
        label === undefined ? undefined : sql`position(lower(${label}) in lower(${highlights.label})) > 0`,
        by === undefined ? undefined : eq(highlights.by, by),
        favourite === undefined ? undefined : eq(highlights.favourite, favourite),
        since === undefined ? undefined : gte(highlights.at, new Date(since)),
        until === undefined ? undefined : lt(highlights.at, new Date(until)),
      )
      return select(wanted, desc(highlights.id), limit)
    },

    update(id, change) {
      return database.transaction(async (queries) => {
        const [row] = await queries
          .select()
          .from(highlights)
          .where(and(eq(highlights.id, id), THERE))
          .for('update')
        if (row === undefined) return undefined
        const before = toRecord(row)
        const after = change(before)
        if (after === undefined) return before
        await queries.update(highlights).set(toRow(after.record)).where(eq(highlights.id, id))
        await writeEvents(queries, before.recordingId, after.events)
        return after.record
      })
    },

    delete(id, event) {
      return database.transaction(async (queries) => {
        const [row] = await queries
          .update(highlights)
          .set({ deletedAt: sql`now()` })
          .where(and(eq(highlights.id, id), THERE))
          .returning()
        if (row === undefined) return undefined
        const record = toRecord(row)
        await queries.delete(shares).where(eq(shares.highlightId, id))
        await writeEvents(queries, record.recordingId, [event(record)])
        return record
      })
    },

    async purge(id) {
      const gone = and(eq(highlights.id, id), isNotNull(highlights.deletedAt))
      await database.transaction(async (queries) => {
        // Only a recorder says again what was long ago.
        await queries
          .delete(highlights)
          .where(and(gone, or(isNull(highlights.originKey), eq(highlights.trigger, 'api'))))
        await queries.update(highlights).set(EMPTIED).where(gone)
      })
    },

    due(untilMs, recordingId) {
      const wanted = and(
        WAITING,
        Number.isFinite(untilMs) ? lte(highlights.to, new Date(untilMs)) : undefined,
        recordingId === undefined ? undefined : eq(highlights.recordingId, recordingId),
      )
      return select(wanted, asc(highlights.to))
    },

    async nextDueMs(recordingId) {
      const wanted = and(WAITING, eq(highlights.recordingId, recordingId))
      const [row] = await database.run((queries) =>
        queries
          .select({ to: min(highlights.to) })
          .from(highlights)
          .where(wanted),
      )
      return row?.to?.getTime()
    },

    cuttingSince(deadline) {
      const wanted = and(THERE, eq(highlights.state, 'cutting'), lt(highlights.playableAt, deadline))
      return select(wanted, asc(highlights.id))
    },

    unpurged() {
      const wanted = and(isNotNull(highlights.deletedAt), eq(highlights.purged, false))
      return select(wanted, asc(highlights.id))
    },

    watch: (onWaiting) => database.notifications.on('panorec_highlights', onWaiting),
  }
}

/** What stays of a deleted highlight: that its trigger was heard. */
const EMPTIED = { purged: true, label: null, by: null, metadata: {}, segments: null, gaps: [], error: null }

/** As the table has it. */
export function toRow(record: HighlightRecord): typeof highlights.$inferInsert {
  return {
    ...record,
    at: new Date(record.at),
    from: new Date(record.from),
    to: new Date(record.to),
    createdAt: new Date(record.createdAt),
    playableAt: dateOf(record.playableAt),
    readyAt: dateOf(record.readyAt),
  }
}

function toRecord({ deletedAt: _deletedAt, purged: _purged, ...row }: Row): HighlightRecord {
  return {
    ...row,
    at: row.at.toISOString(),
    from: row.from.toISOString(),
    to: row.to.toISOString(),
    createdAt: row.createdAt.toISOString(),
    playableAt: row.playableAt?.toISOString() ?? null,
    readyAt: row.readyAt?.toISOString() ?? null,
  }
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text))
