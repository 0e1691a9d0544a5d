import { and, count, desc, eq, inArray, isNull, lt, lte, sql } from 'drizzle-orm'
import { AppError } from '../../protocol/index.ts'
import { dueAt, type RecordingRecord, type RecordingRepository } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { recordings } from './schema.ts'
import { writeEvents } from './write-events.ts'

export function createRecordingRepository(database: Database): RecordingRepository {
  return {
    insert(change) {
      return database.transaction(async (queries) => {
        const { record } = change
        await queries.insert(recordings).values({
          ...changingColumns(record),
          id: record.id,
          room: record.spec.room ?? null,
          metadata: record.spec.metadata ?? {},
          createdAt: new Date(record.createdAt),
          dueAt: dueAt(record),
          spec: record.spec,
          traceId: record.traceId,
        })
        await writeEvents(queries, change.record.id, change.events)
      })
    },

    async find(id) {
      const [row] = await database.run((queries) => queries.select().from(recordings).where(kept(id)))
      if (row === undefined) throw notFound(id)
      return toRecord(row)
    },

    async findAny(id) {
      const [row] = await database.run((queries) => queries.select().from(recordings).where(eq(recordings.id, id)))
      if (row === undefined) throw notFound(id)
      return toRecord(row)
    },

    async list({ limit, beforeId, states, room, metadata, dueBefore }) {
      const wanted = and(
        isNull(recordings.deletion),
        beforeId === undefined ? undefined : lt(recordings.id, beforeId),
        states === undefined ? undefined : inArray(recordings.state, [...states]),
        room === undefined ? undefined : eq(recordings.room, room),
        dueBefore === undefined ? undefined : lte(recordings.dueAt, dueBefore),
        metadata === undefined ? undefined : sql`${recordings.metadata} @> ${JSON.stringify(metadata)}::jsonb`,
      )
      const rows = await database.run((queries) =>
        queries.select().from(recordings).where(wanted).orderBy(desc(recordings.id)).limit(limit),
      )
      return rows.map(toRecord)
    },

    update(id, decide) {
      return database.transaction(async (queries) => {
        const [row] = await queries.select().from(recordings).where(kept(id)).for('update')
        if (row === undefined) throw notFound(id)
        const before = toRecord(row)
        const change = decide(before)
        if (change === undefined) return before
        await queries.update(recordings).set(changingColumns(change.record)).where(eq(recordings.id, id))
        await writeEvents(queries, change.record.id, change.events)
        return change.record
      })
    },

    async countByState() {
      const rows = await database.run((queries) =>
        queries
          .select({ state: recordings.state, count: count() })
          .from(recordings)
          .where(isNull(recordings.deletion))
          .groupBy(recordings.state),
      )
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
  }
}

/** The recording of this id, unless it is deleted. */
const kept = (id: string) => and(eq(recordings.id, id), isNull(recordings.deletion))

/** The columns that a change writes anew. */
export function changingColumns(record: RecordingRecord) {
  return {
    state: record.state,
    startedAt: record.startedAt === null ? null : new Date(record.startedAt),
    pausedAt: record.pausedAt === null ? null : new Date(record.pausedAt),
    endedAt: record.endedAt === null ? null : new Date(record.endedAt),
    layout: record.layout,
    sources: record.sources,
    takes: record.takes,
    stats: record.stats,
    error: record.error,
    deletion: record.deletion ?? null,
    expiresAt: expiryOf(record),
  }
}

/** When its own rule deletes it; null while it runs, and where the default decides. */
function expiryOf({ endedAt, spec }: RecordingRecord): Date | null {
  const ageSec = spec.retention?.maxAgeSec
  return endedAt === null || ageSec === undefined ? null : new Date(Date.parse(endedAt) + ageSec * 1000)
}

function toRecord(row: typeof recordings.$inferSelect): RecordingRecord {
  return {
    id: row.id,
    state: row.state,
    spec: row.spec,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    pausedAt: row.pausedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    layout: row.layout,
    sources: row.sources,
    takes: row.takes,
    stats: row.stats,
    error: row.error,
    traceId: row.traceId,
  }
}

function notFound(id: string): AppError {
  return new AppError('recording.not-found', `There is no recording ${JSON.stringify(id)}.`, { received: id })
}
