import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'
import type {
  ErrorInfo,
  Event,
  EventType,
  Layout,
  RecorderOrder,
  RecordingSpec,
  RecordingState,
  RecordingStats,
  Signal,
  Take,
} from '../protocol/index.ts'
import type { SourceRecord } from '../recording/index.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** `spec` and `sources` hold tokens and webhook secrets: never logged, never shown. */
export const recordings = pgTable(
  'recordings',
  {
    id: text('id').primaryKey(),
    state: text('state').$type<RecordingState>().notNull(),
    room: text('room'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull(),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    spec: jsonb('spec').$type<RecordingSpec>().notNull(),
    layout: jsonb('layout').$type<Layout>().notNull(),
    sources: jsonb('sources').$type<readonly SourceRecord[]>().notNull(),
    takes: jsonb('takes').$type<readonly Take[]>().notNull(),
    stats: jsonb('stats').$type<RecordingStats>(),
    error: jsonb('error').$type<ErrorInfo>(),
    traceId: text('trace_id').notNull(),
  },
  (table) => [
    index('recordings_state').on(table.state, table.id),
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
    command: json('command').$type<RecorderOrder>().notNull(),
    applied: boolean('applied').notNull(),
    result: jsonb('result').$type<{ error: ErrorInfo | null }>(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [index('commands_recording').on(table.recordingId, table.seq)],
)

export const idempotencyKeys = pgTable('idempotency_keys', {
  key: text('key').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  /** Null while the first request runs. */
  status: integer('status'),
  body: jsonb('body').$type<unknown>(),
  createdAt: instant('created_at').notNull(),
})

export const roomSignals = pgTable(
  'room_signals',
  {
    room: text('room').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    id: text('id').notNull(),
    signal: json('signal').$type<Signal>().notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.room, table.seq] }), unique('room_signals_id').on(table.room, table.id)],
)

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    recordingId: text('recording_id').notNull(),
    /** The webhook's index in the recording's spec. */
    webhook: integer('webhook').notNull(),
    event: jsonb('event').$type<Event>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: jsonb('last_error').$type<ErrorInfo>(),
    createdAt: instant('created_at').notNull(),
    deliveredAt: instant('delivered_at'),
    givenUpAt: instant('given_up_at'),
  },
  (table) => [
    index('webhook_deliveries_due')
      .on(table.recordingId, table.webhook, table.id)
      .where(sql`delivered_at is null and given_up_at is null`),
  ],
)

/** Secrets that the service made for itself, shared by all its processes. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})
