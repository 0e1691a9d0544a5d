import type { Signal } from '../../protocol/index.ts'
import { instant } from '../columns.ts'
import { bigint, boolean, index, json, pgTable, primaryKey, sql, text, unique } from '../drizzle.ts'

export const roomSignals = pgTable(
  'room_signals',
  {
    room: text('room').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** The sender and its id of the signal, see `signalKeyOf`. */
    id: text('id').notNull(),
    signal: json('signal').$type<Signal>().notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.room, table.seq] }), unique('room_signals_id').on(table.room, table.id)],
)

/** The counter of each room's numbers: it outlives the signals, so that a number never means another signal. */
export const rooms = pgTable(
  'rooms',
  {
    room: text('room').primaryKey(),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
    /** When the newest signal came. */
    lastAt: instant('last_at').notNull().default(sql`now()`),
    /** When its history was last sifted for signals that it can do without. */
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
    /** True when its last connection broke: it is not renewed, and its owner may take it over. */
    released: boolean('released').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.room, table.participant, table.node] }),
    index('room_presence_node').on(table.node),
    index('room_presence_expires').on(table.expiresAt),
  ],
)
