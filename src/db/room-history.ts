import { and, asc, eq, gt, inArray, max, sql } from 'drizzle-orm'
import type { Signal } from '../protocol/index.ts'
import type { Database, Queries } from './database.ts'
import { roomSignals } from './schema.ts'

/** The signals of every room; implements the hub's `RoomHistory`. */
export function createRoomHistory(database: Database) {
  return {
    /** Writers of one room take turns, so its numbers have no gaps and become visible in their order. */
    append(room: string, signals: readonly Signal[]): Promise<readonly Signal[]> {
      return database.transaction(async (queries) => {
        await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${room}, 0))`)
        const known = await findKnown(queries, room, signals)
        const [last] = await queries
          .select({ seq: max(roomSignals.seq) })
          .from(roomSignals)
          .where(eq(roomSignals.room, room))
        let seq = last?.seq ?? 0
        const rows: (typeof roomSignals.$inferInsert)[] = []
        const stored = signals.map((signal) => {
          const id = signal.id ?? ''
          const before = known.get(id)
          if (before !== undefined) return { ...signal, seq: before }
          seq += 1
          known.set(id, seq)
          const numbered: Signal = { ...signal, seq }
          rows.push({ room, seq, id, signal: numbered })
          return numbered
        })
        if (rows.length > 0) await queries.insert(roomSignals).values(rows)
        return stored
      })
    },

    async since(room: string, afterSeq: number): Promise<readonly Signal[]> {
      const wanted = and(eq(roomSignals.room, room), gt(roomSignals.seq, afterSeq))
      const rows = await database.run((queries) =>
        queries.select({ signal: roomSignals.signal }).from(roomSignals).where(wanted).orderBy(asc(roomSignals.seq)),
      )
      return rows.map(({ signal }) => signal)
    },
  }
}

async function findKnown(queries: Queries, room: string, signals: readonly Signal[]): Promise<Map<string, number>> {
  const ids = signals.map(({ id }) => id ?? '')
  if (ids.length === 0) return new Map()
  const rows = await queries
    .select({ id: roomSignals.id, seq: roomSignals.seq })
    .from(roomSignals)
    .where(and(eq(roomSignals.room, room), inArray(roomSignals.id, ids)))
  return new Map(rows.map(({ id, seq }) => [id, seq]))
}
