import { and, eq, lt, ne, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { RoomPresence } from '../../hub/room-presence.ts'
import type { Database } from '../database.ts'
import { roomPresence } from './schema.ts'

const { room: roomOf, participant: participantOf, node: nodeOf, owner: ownerOf, released, expiresAt } = roomPresence

/** Who is present, of every process. `node` names this one. All times are the database's, so clocks may differ. */
export function createRoomPresence(database: Database, node: string): RoomPresence {
  const inMs = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`
  const held = (room: string, participant: string) =>
    and(eq(roomOf, room), eq(participantOf, participant), eq(nodeOf, node))
  const upsert = {
    target: [roomOf, participantOf, nodeOf],
    set: {
      owner: sql`excluded.owner`,
      joinedSeq: sql`excluded.joined_seq`,
      released: false,
      expiresAt: sql`excluded.expires_at`,
    },
  }
  return {
    async hold(room, participant, { owner, joinedSeq, leaseMs }) {
      const row = { room, participant, node, owner, joinedSeq, released: false, expiresAt: inMs(leaseMs) }
      await database.run((queries) => queries.insert(roomPresence).values(row).onConflictDoUpdate(upsert))
    },

    claim(room, owner, what, leaseMs) {
      // Half a lease without a renewal: its process has missed at least one.
      const orphaned = and(ne(nodeOf, node), lt(expiresAt, inMs(leaseMs / 2)))
      const claimable = what === 'released' ? eq(released, true) : and(eq(released, false), orphaned)
      return database.transaction(async (queries) => {
        const taken = await queries
          .delete(roomPresence)
          .where(and(eq(roomOf, room), eq(ownerOf, owner), claimable))
          .returning()
        const mine = new Map(taken.map((row) => [row.participant, { ...row, node, released: false }]))
        if (mine.size === 0) return []
        const rows = [...mine.values()].map((row) => ({ ...row, expiresAt: inMs(leaseMs) }))
        await queries.insert(roomPresence).values(rows).onConflictDoUpdate(upsert)
        return [...mine.keys()]
      })
    },

    async release(room, participant, graceMs) {
      const set = { released: true, expiresAt: inMs(graceMs) }
      await database.run((queries) => queries.update(roomPresence).set(set).where(held(room, participant)))
    },

    async forget(room, participant, leftSeq) {
      const earlier = lt(roomPresence.joinedSeq, leftSeq)
      const left = and(eq(roomOf, room), eq(participantOf, participant), earlier)
      await database.run((queries) => queries.delete(roomPresence).where(left))
    },

    async renew(leaseMs) {
      const mine = and(eq(nodeOf, node), eq(released, false))
      await database.run((queries) =>
        queries
          .update(roomPresence)
          .set({ expiresAt: inMs(leaseMs) })
          .where(mine),
      )
    },

    async gone() {
      const other = alias(roomPresence, 'other')
      return await database.run((queries) => {
        const stillHeld = queries
          .select({ one: sql`1` })
          .from(other)
          .where(and(eq(other.room, roomOf), eq(other.participant, participantOf), sql`${other.expiresAt} >= now()`))
        return queries
          .selectDistinct({ room: roomOf, participant: participantOf, joinedSeq: roomPresence.joinedSeq })
          .from(roomPresence)
          .where(and(sql`${expiresAt} < now()`, notExists(stillHeld)))
      })
    },
  }
}
