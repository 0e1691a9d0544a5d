import type {
  ErrorInfo,
  Event,
  EventType,
  Layout,
  RecorderCommandBody,
  RecordingSpec,
  RecordingState,
  RecordingStats,
} from '../../protocol/index.ts'
import type { Deletion, Refusal, SourceRecord, TakeRecord } from '../../recording/index.ts'
import { instant } from '../columns.ts'
import { bigserial, boolean, index, json, jsonb, pgTable, sql, text } from '../drizzle.ts'

/** `spec` and `sources` hold tokens and webhook secrets: never logged, never shown. */
export const recordings = pgTable(
  'recordings',
  {
    id: text('id').primaryKey(),
    state: text('state').$type<RecordingState>().notNull(),
    room: text('room'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** From when on it waits for a recorder: its `startAt`, less the time that a start takes, or its creation. */
    dueAt: instant('due_at').notNull().default(sql`now()`),
    startedAt: instant('started_at'),
    pausedAt: instant('paused_at'),
    endedAt: instant('ended_at'),
    spec: jsonb('spec').$type<RecordingSpec>().notNull(),
    layout: jsonb('layout').$type<Layout>().notNull(),
    sources: jsonb('sources').$type<readonly SourceRecord[]>().notNull(),
    takes: jsonb('takes').$type<readonly TakeRecord[]>().notNull(),
    stats: jsonb('stats').$type<RecordingStats>(),
    error: jsonb('error').$type<ErrorInfo>(),
    traceId: text('trace_id').notNull(),
    deletion: jsonb('deletion').$type<Deletion>(),
    /** When its own `retention.maxAgeSec` deletes it; null while it runs, and where the default decides. */
    expiresAt: instant('expires_at'),
  },
  (table) => [
    index('recordings_state').on(table.state, table.id),
    index('recordings_deleted').on(table.id).where(sql`deletion is not null`),
    index('recordings_expires').on(table.expiresAt).where(sql`deletion is null`),
    index('recordings_ended').on(table.endedAt).where(sql`deletion is null and expires_at is null`),
    index('recordings_due').on(table.dueAt).where(sql`state = 'requested'`),
    index('recordings_room').on(table.room, table.id),
    index('recordings_metadata').using('gin', table.metadata.op('jsonb_path_ops')),
  ],
)

export const events = pgTable(
  'events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    recordingId: text('recording_id').notNull(),
    type: text('type').$type<EventType>().notNull(),
    at: instant('at').notNull(),
    /** The event without its id. */
    payload: jsonb('payload').$type<Omit<Event, 'id'>>().notNull(),
  },
  (table) => [index('events_recording').on(table.recordingId, table.type, table.id), index('events_at').on(table.at)],
)

export const commands = pgTable(
  'commands',
  {
    id: text('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    recordingId: text('recording_id').notNull(),
    /** `json`, not `jsonb`: a signal's text may hold U+0000, which `jsonb` refuses. */
    command: json('command').$type<RecorderCommandBody>().notNull(),
    applied: boolean('applied').notNull(),
    result: jsonb('result').$type<{ error: ErrorInfo | null }>(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [index('commands_recording').on(table.recordingId, table.seq)],
)

/** Who takes recordings, and why one that is there takes none; null when it does. */
export const workers = pgTable('workers', {
  worker: text('worker').primaryKey(),
  refusal: text('refusal').$type<Refusal>(),
  seenAt: instant('seen_at').notNull(),
})
