import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type {
  ClipGap,
  ClipSegment,
  ErrorInfo,
  Event,
  EventType,
  Highlight,
  HighlightState,
  Layout,
  Recap,
  RecorderCommandBody,
  RecordingSpec,
  RecordingState,
  RecordingStats,
  Signal,
} from '../protocol/index.ts'
import type { Deletion, Refusal, SourceRecord, TakeRecord } from '../recording/index.ts'

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

/** Who takes recordings, and why one that is there takes none; null when it does. */
export const workers = pgTable('workers', {
  worker: text('worker').primaryKey(),
  refusal: text('refusal').$type<Refusal>(),
  seenAt: instant('seen_at').notNull(),
})

/** The counter of each room's numbers: it outlives the signals, so that a number never means another signal. */
export const rooms = pgTable(
  'rooms',
  {
    room: text('room').primaryKey(),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
    /** When the newest signal came. */
    lastAt: instant('last_at').notNull().default(sql`now()`),
    /** When it was last looked what its history can do without. */
    siftedAt: instant('sifted_at'),
  },
  (table) => [index('rooms_last_at').on(table.lastAt)],
)

/** Who is present over which process of the hub, and until when it is sure. */
export const roomPresence = pgTable(
  'room_presence',
  {
    room: text('room').notNull(),
    participant: text('participant').notNull(),
    node: text('node').notNull(),
    owner: text('owner').notNull(),
    joinedSeq: bigint('joined_seq', { mode: 'number' }).notNull(),
    /** True when its last connection broke: nobody renews it, and its owner may take it over. */
    released: boolean('released').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.room, table.participant, table.node] }),
    index('room_presence_node').on(table.node),
    index('room_presence_expires').on(table.expiresAt),
  ],
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

/** A deleted row stays as long as its media do, and one that a recorder may ask for again for ever, emptied. */
export const highlights = pgTable(
  'highlights',
  {
    id: text('id').primaryKey(),
    recordingId: text('recording_id').notNull(),
    room: text('room'),
    state: text('state').$type<HighlightState>().notNull(),
    at: instant('at').notNull(),
    preSec: doublePrecision('pre_sec').notNull(),
    postSec: doublePrecision('post_sec').notNull(),
    label: text('label'),
    by: text('by'),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull(),
    trigger: text('trigger').$type<Highlight['trigger']>().notNull(),
    rule: text('rule'),
    originKey: text('origin_key'),
    from: instant('from').notNull(),
    to: instant('to').notNull(),
    clamped: jsonb('clamped').$type<Highlight['clamped']>(),
    gaps: jsonb('gaps').$type<readonly ClipGap[]>().notNull(),
    /** What `clip.m3u8` names; before it is planned what a rolling recording has to keep for it, null for nothing. */
    segments: jsonb('segments').$type<readonly ClipSegment[]>(),
    durationSec: doublePrecision('duration_sec'),
    bytes: bigint('bytes', { mode: 'number' }),
    favourite: boolean('favourite').notNull(),
    createdAt: instant('created_at').notNull(),
    playableAt: instant('playable_at'),
    readyAt: instant('ready_at'),
    error: jsonb('error').$type<ErrorInfo>(),
    traceId: text('trace_id').notNull(),
    deletedAt: instant('deleted_at'),
    /** True once the media of a deleted one are gone too. */
    purged: boolean('purged').notNull().default(false),
  },
  (table) => [
    uniqueIndex('highlights_origin').on(table.recordingId, table.originKey),
    index('highlights_recording').on(table.recordingId, table.id),
    index('highlights_room').on(table.room, table.id),
    index('highlights_at').on(table.at),
    index('highlights_open')
      .on(table.recordingId, table.to)
      .where(sql`state in ('waiting', 'cutting') or deleted_at is not null`),
  ],
)

export const shares = pgTable(
  'shares',
  {
    id: text('id').primaryKey(),
    highlightId: text('highlight_id').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [index('shares_highlight').on(table.highlightId, table.id)],
)

export const recaps = pgTable(
  'recaps',
  {
    id: text('id').primaryKey(),
    recordingId: text('recording_id').notNull(),
    state: text('state').$type<Recap['state']>().notNull(),
    title: text('title'),
    highlights: jsonb('highlights').$type<readonly string[]>().notNull(),
    omitted: jsonb('omitted').$type<readonly string[]>().notNull(),
    titles: boolean('titles').notNull(),
    crossfadeSec: doublePrecision('crossfade_sec').notNull(),
    durationSec: doublePrecision('duration_sec'),
    bytes: bigint('bytes', { mode: 'number' }),
    createdAt: instant('created_at').notNull(),
    readyAt: instant('ready_at'),
    error: jsonb('error').$type<ErrorInfo>(),
    traceId: text('trace_id').notNull(),
  },
  (table) => [index('recaps_recording').on(table.recordingId, table.id)],
)
