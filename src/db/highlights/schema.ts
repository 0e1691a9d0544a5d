import type { ClipGap, ClipSegment, ErrorInfo, Highlight, HighlightState, Recap } from '../../protocol/index.ts'
import { instant } from '../columns.ts'
import { bigint, boolean, doublePrecision, index, jsonb, pgTable, sql, text, uniqueIndex } from '../drizzle.ts'

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
