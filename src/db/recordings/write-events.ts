import type { Event, EventType, RecordingSpec } from '../../protocol/index.ts'
import type { EventDraft } from '../../recording/index.ts'
import type { Queries } from '../database.ts'
import { and, eq, sql } from '../drizzle.ts'
import { webhookDeliveries } from '../webhooks/schema.ts'
import { events, recordings } from './schema.ts'

/** Serialises the writers of events, so that events become visible in the order of their ids. The number is ours alone. */
const EVENT_LOCK = 7_205_759_404

/** The events that are delivered to webhooks. */
const FOR_WEBHOOKS: readonly EventType[] = [
  'recording.state',
  'recording.warning',
  'source.state',
  'highlight.ready',
  'highlight.failed',
  'recap.ready',
  'recap.failed',
]

/**
 * Writes events of one recording and makes them due for its webhooks, in the transaction of what they tell. Of the events
 * that only tell the newest figures, only the newest is kept: a day of them would be 100 MB.
 */
export async function writeEvents(queries: Queries, recordingId: string, drafts: readonly EventDraft[]): Promise<void> {
  if (drafts.length === 0) return
  await queries.execute(sql`select pg_advisory_xact_lock(${EVENT_LOCK})`)
  if (drafts.some(({ type }) => type === 'recording.stats')) {
    await queries.delete(events).where(and(eq(events.recordingId, recordingId), eq(events.type, 'recording.stats')))
  }
  const ids = await queries
    .insert(events)
    .values(drafts.map((draft) => ({ recordingId, type: draft.type, at: new Date(draft.at), payload: draft })))
    .returning({ id: events.id })
  const written = drafts.map((draft, index): Event => ({ ...draft, id: ids[index]?.id ?? 0 }) as Event)
  await writeDeliveries(queries, recordingId, written)
  await queries.execute(sql`select pg_notify('panorec_events', ${String(written.at(-1)?.id)})`)
}

async function writeDeliveries(queries: Queries, recordingId: string, written: readonly Event[]): Promise<void> {
  const due = written.filter(({ type }) => FOR_WEBHOOKS.includes(type))
  if (due.length === 0) return
  const rows = (await webhooksOf(queries, recordingId)).flatMap((_, webhook) =>
    due.map((event) => ({ recordingId, webhook, event, createdAt: new Date(event.at) })),
  )
  if (rows.length > 0) await queries.insert(webhookDeliveries).values(rows)
}

async function webhooksOf(queries: Queries, recordingId: string): Promise<NonNullable<RecordingSpec['webhooks']>> {
  const [row] = await queries.select({ spec: recordings.spec }).from(recordings).where(eq(recordings.id, recordingId))
  return row?.spec.webhooks ?? []
}
