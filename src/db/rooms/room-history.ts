import type { RoomHistory } from '../../hub/room-history.ts'
import { type Signal, signalKeyOf } from '../../protocol/index.ts'
import type { Database, Queries } from '../database.ts'
import { and, asc, eq, gt, inArray, lt, sql } from '../drizzle.ts'
import { roomSignals, rooms } from './schema.ts'

const ROWS_AT_ONCE = 2000
/** What a reader has in memory at most, and one signal more. */
const PAGE_BYTES = 8 * 1024 * 1024

/** The signals of every room. */
export function createRoomHistory(database: Database): RoomHistory {
  const listeners = listenToRooms(database)
  return {
    /** Writers of one room take turns, so its numbers have no gaps and become visible in their order. */
    append(room, signals) {
      return database.transaction(async (queries) => {
        const before = await lockRoom(queries, room)
        const known = await findKnown(queries, room, signals)
        let seq = before
        const rows: (typeof roomSignals.$inferInsert)[] = []
        const stored = signals.map((signal) => {
          const id = signalKeyOf(signal) ?? ''
          const same = known.get(id)
          if (same !== undefined) return same
          seq += 1
          const numbered: Signal = { ...signal, seq }
          known.set(id, numbered)
          rows.push({ room, seq, id, signal: numbered })
          return numbered
        })
        if (rows.length === 0) return stored
        for (const some of inPieces(rows)) await queries.insert(roomSignals).values(some)
        await queries
          .update(rooms)
          .set({ lastSeq: seq, lastAt: sql`now()` })
          .where(eq(rooms.room, room))
          .returning({ notified: sql`pg_notify('panorec_rooms', ${`${seq} ${room}`})` })
        return stored
      })
    },

    since: (room, afterSeq, limit) => readSince(database, { room, afterSeq, limit }),

    async lastSeq(room) {
      const [row] = await database.run((queries) =>
        queries.select({ seq: rooms.lastSeq }).from(rooms).where(eq(rooms.room, room)),
      )
      return row?.seq ?? 0
    },

    watch: listeners.watch,
  }
}

/** A room's signals behind `afterSeq` in their order, see `RoomHistory.since`. Errors: those of the database. */
export async function readSince(
  database: Database,
  { room, afterSeq, limit }: { readonly room: string; readonly afterSeq: number; readonly limit?: number | undefined },
): Promise<readonly Signal[]> {
  const rows = await database.run((queries) => {
    const { seq, signal } = roomSignals
    const wanted = and(eq(roomSignals.room, room), gt(seq, afterSeq))
    const all = queries.select({ seq, signal }).from(roomSignals).where(wanted).orderBy(asc(seq))
    if (limit === undefined) return all
    const first = all.limit(limit).as('first')
    const before = sql<number>`coalesce(sum(octet_length(${first.signal}::text))
      over (order by ${first.seq} rows between unbounded preceding and 1 preceding), 0)`
    const summed = queries
      .select({ seq: first.seq, signal: first.signal, before: before.as('before') })
      .from(first)
      .as('summed')
    return queries
      .select({ seq: summed.seq, signal: summed.signal })
      .from(summed)
      .where(lt(summed.before, PAGE_BYTES))
      .orderBy(asc(summed.seq))
  })
  return rows.map(({ signal }) => signal)
}

/** One subscription for all rooms: most notifications are about rooms without a participant in this process. */
function listenToRooms(database: Database): Pick<RoomHistory, 'watch'> {
  const byRoom = new Map<string, Set<(seq: number | undefined) => void>>()
  database.notifications.on('panorec_rooms', (payload) => {
    if (payload === undefined) {
      for (const listener of [...byRoom.values()].flatMap((set) => [...set])) listener(undefined)
      return
    }
    const [seq, room = ''] = payload.split(' ')
    for (const listener of byRoom.get(room) ?? []) listener(Number(seq))
  })
  return {
    watch(room, listener) {
      const set = byRoom.get(room) ?? new Set()
      byRoom.set(room, set.add(listener))
      return {
        [Symbol.dispose]() {
          set.delete(listener)
          if (set.size === 0 && byRoom.get(room) === set) byRoom.delete(room)
        },
      }
    },
  }
}

/** Keeps other writers of the room away until the transaction ends, and returns its newest number. */
async function lockRoom(queries: Queries, room: string): Promise<number> {
  const [row] = await queries
    .insert(rooms)
    .values({ room, lastSeq: 0 })
    .onConflictDoUpdate({ target: rooms.room, set: { lastSeq: rooms.lastSeq } })
    .returning({ seq: rooms.lastSeq })
  return row?.seq ?? 0
}

async function findKnown(queries: Queries, room: string, signals: readonly Signal[]): Promise<Map<string, Signal>> {
  const known = new Map<string, Signal>()
  for (const ids of inPieces(signals.map((signal) => signalKeyOf(signal) ?? ''))) {
    const rows = await queries
      .select({ id: roomSignals.id, signal: roomSignals.signal })
      .from(roomSignals)
      .where(and(eq(roomSignals.room, room), inArray(roomSignals.id, ids)))
    for (const { id, signal } of rows) known.set(id, signal)
  }
  return known
}

/** One statement has at most 65,535 parameters (PostgreSQL's protocol, Bind), and a row some of them. */
function inPieces<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / ROWS_AT_ONCE)
  return Array.from({ length: count }, (_, n) => all.slice(n * ROWS_AT_ONCE, (n + 1) * ROWS_AT_ONCE))
}
