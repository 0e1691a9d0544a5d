import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { AppError, type Event } from '../protocol/index.ts'
import type { Change, RecordingRecord, RecordingRepository } from '../recording/index.ts'
import type { Database, Queries } from './database.ts'
import { events, recordings, webhookDeliveries } from './schema.ts'

/** Serialises the writers of events, so that events become visible in the order of their ids. The number is ours alone. */
const EVENT_LOCK = 7_205_759_404

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
          spec: record.spec,
          traceId: record.traceId,
        })
        await writeEvents(queries, change)
      })
    },

    async find(id) {
      const [row] = await database.run((queries) => queries.select().from(recordings).where(eq(recordings.id, id)))
      if (row === undefined) throw notFound(id)
      return toRecord(row)
    },

    async list({ limit, beforeId, states, room, metadata }) {
      const wanted = and(
        beforeId === undefined ? undefined : lt(recordings.id, beforeId),
        states === undefined ? undefined : inArray(recordings.state, [...states]),
        room === undefined ? undefined : eq(recordings.room, room),
        metadata === undefined ? undefined : sql`${recordings.metadata} @> ${JSON.stringify(metadata)}::jsonb`,
      )
      const rows = await database.run((queries) =>
        queries.select().from(recordings).where(wanted).orderBy(desc(recordings.id)).limit(limit),
      )
      return rows.map(toRecord)
    },

    update(id, decide) {
      return database.transaction(async (queries) => {
        const [row] = await queries.select().from(recordings).where(eq(recordings.id, id)).for('update')
        if (row === undefined) throw notFound(id)
        const before = toRecord(row)
        const change = decide(before)
        if (change === undefined) return before
        await queries.update(recordings).set(changingColumns(change.record)).where(eq(recordings.id, id))
        await writeEvents(queries, change)
        return change.record
      })
    },

    async countByState() {
      const rows = await database.run((queries) =>
        queries.select({ state: recordings.state, count: count() }).from(recordings).groupBy(recordings.state),
      )
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
  }
}

/** Of the events that only tell the newest figures, only the newest is kept: a day of them would be 100 MB. */
async function writeEvents(queries: Queries, { record, events: drafts }: Change): Promise<void> {
  if (drafts.length === 0) return
  await queries.execute(sql`select pg_advisory_xact_lock(${EVENT_LOCK})`)
  if (drafts.some(({ type }) => type === 'recording.stats')) {
    await queries.delete(events).where(and(eq(events.recordingId, record.id), eq(events.type, 'recording.stats')))
  }
  const ids = await queries
    .insert(events)
    .values(
      drafts.map((draft) => ({ recordingId: record.id, type: draft.type, at: new Date(draft.at), payload: draft })),
    )
    .returning({ id: events.id })
  const written = drafts.map((draft, index): Event => ({ ...draft, id: ids[index]?.id ?? 0 }) as Event)
  await writeDeliveries(queries, record, written)
  await queries.execute(sql`select pg_notify('panorec_events', ${String(written.at(-1)?.id)})`)
}

async function writeDeliveries(queries: Queries, record: RecordingRecord, written: readonly Event[]): Promise<void> {
  const due = written.filter(({ type }) => type === 'recording.state' || type === 'source.state')
  const rows = (record.spec.webhooks ?? []).flatMap((_, webhook) =>
    due.map((event) => ({ recordingId: record.id, webhook, event, createdAt: new Date(event.at) })),
  )
  if (rows.length > 0) await queries.insert(webhookDeliveries).values(rows)
}

function changingColumns(record: RecordingRecord) {
  return {
    state: record.state,
    startedAt: record.startedAt === null ? null : new Date(record.startedAt),
    endedAt: record.endedAt === null ? null : new Date(record.endedAt),
    layout: record.layout,
    sources: record.sources,
    takes: record.takes,
    stats: record.stats,
    error: record.error,
  }
}

function toRecord(row: typeof recordings.$inferSelect): RecordingRecord {
  return {
    id: row.id,
    state: row.state,
    spec: row.spec,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
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
