import type { OldHistory } from '../../hub/room-history.ts'
import type { Database } from '../database.ts'
import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from '../drizzle.ts'
import { readSince } from './room-history.ts'
import { roomSignals, rooms } from './schema.ts'

const AGAIN = sql`now() - interval '1 day'`
/** Rooms that one call names. */
const ROOMS_AT_ONCE = 50
const REMOVED_AT_ONCE = 2000

/** The old signals of every room. */
export function createOldHistory(database: Database): OldHistory {
  const { room, seq, createdAt } = roomSignals
  return {
    since: (name, afterSeq, limit) => readSince(database, { room: name, afterSeq, limit }),

    async claim(before) {
      const names = await database.run((queries) => {
        const oldest = sql`(select ${createdAt} from ${roomSignals} where ${room} = ${rooms.room} order by ${seq} limit 1)`
        const isNew = or(isNull(rooms.siftedAt), and(lt(rooms.siftedAt, AGAIN), gt(rooms.lastAt, rooms.siftedAt)))
        const some = queries
          .select({ room: rooms.room })
          .from(rooms)
          .where(and(isNew, sql`${oldest} < ${before.toISOString()}::timestamptz`))
          .limit(ROOMS_AT_ONCE)
          .for('update', { skipLocked: true })
        return queries
          .update(rooms)
          .set({ siftedAt: sql`now()` })
          .where(inArray(rooms.room, some))
          .returning({ name: rooms.room })
      })
      const claimed = await Promise.all(
        names.map(async ({ name }) => ({ room: name, oldSeq: await lastBefore(name, before) })),
      )
      return claimed.filter(({ oldSeq }) => oldSeq > 0)
    },

    async remove(name, seqs) {
      for (let from = 0; from < seqs.length; from += REMOVED_AT_ONCE) {
        const some = and(eq(room, name), inArray(seq, seqs.slice(from, from + REMOVED_AT_ONCE)))
        await database.run((queries) => queries.delete(roomSignals).where(some))
      }
    },
  }

  async function lastBefore(name: string, before: Date): Promise<number> {
    const wanted = and(eq(room, name), lt(createdAt, before))
    const [row] = await database.run((queries) =>
      queries.select({ seq }).from(roomSignals).where(wanted).orderBy(desc(seq)).limit(1),
    )
    return row?.seq ?? 0
  }
}
