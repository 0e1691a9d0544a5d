import type { SQL } from 'drizzle-orm'
import type { Claimable, GoneParticipant, RoomPresence } from '../../hub/room-presence.ts'
import type { Database } from '../database.ts'
import { alias, and, eq, lt, ne, notExists, sql } from '../drizzle.ts'
import { roomPresence } from './schema.ts'

const { room: roomOf, participant: participantOf, node: nodeOf, owner: ownerOf, released, expiresAt } = roomPresence

/** The presence of every process. `node` names this one. All times are the database's, so clocks may differ. */
export function createRoomPresence(database: Database, node: string): RoomPresence {
  return new DatabasePresence(database, node)
}

/** Overwrites the lease that another identity of this process had for the participant. */
const UPSERT = {
  target: [roomOf, participantOf, nodeOf],
  set: {
    owner: sql`excluded.owner`,
    joinedSeq: sql`excluded.joined_seq`,
    released: false,
    expiresAt: sql`excluded.expires_at`,
  },
}

const inMs = (ms: number): SQL => sql`now() + ${ms} * interval '1 millisecond'`

/** What is known of the leases in a database. */
interface Leases {
  /** Nobody holds any: there is nothing to renew, and nobody to miss. Known of an embedded database only, which has one process. */
  areNone: boolean
  changes: number
}

const LEASES = new WeakMap<Database, Leases>()

function leasesOf(database: Database): Leases {
  const known = LEASES.get(database) ?? { areNone: false, changes: 0 }
  LEASES.set(database, known)
  return known
}

class DatabasePresence implements RoomPresence {
  readonly #database: Database
  readonly #node: string
  readonly #leases: Leases

  constructor(database: Database, node: string) {
    this.#database = database
    this.#node = node
    this.#leases = leasesOf(database)
  }

  async hold(
    room: string,
    participant: string,
    { owner, joinedSeq, leaseMs }: Parameters<RoomPresence['hold']>[2],
  ): Promise<void> {
    this.#noteLease()
    const row = { room, participant, node: this.#node, owner, joinedSeq, released: false, expiresAt: inMs(leaseMs) }
    await this.#database.run((queries) => queries.insert(roomPresence).values(row).onConflictDoUpdate(UPSERT))
    // Once more: meanwhile the rooms may have been found empty.
    this.#noteLease()
  }

  claim(room: string, owner: string, what: Claimable, leaseMs: number): Promise<readonly string[]> {
    const node = this.#node
    // Half a lease without a renewal: its process has missed at least one.
    const orphaned = and(ne(nodeOf, node), lt(expiresAt, inMs(leaseMs / 2)))
    const claimable = what === 'released' ? eq(released, true) : and(eq(released, false), orphaned)
    return this.#database.transaction(async (queries) => {
      const taken = await queries
        .delete(roomPresence)
        .where(and(eq(roomOf, room), eq(ownerOf, owner), claimable))
        .returning()
      const mine = new Map(taken.map((row) => [row.participant, { ...row, node, released: false }]))
      if (mine.size === 0) return []
      const rows = [...mine.values()].map((row) => ({ ...row, expiresAt: inMs(leaseMs) }))
      await queries.insert(roomPresence).values(rows).onConflictDoUpdate(UPSERT)
      return [...mine.keys()]
    })
  }

  async release(room: string, participant: string, graceMs: number): Promise<void> {
    const held = and(eq(roomOf, room), eq(participantOf, participant), eq(nodeOf, this.#node))
    await this.#extend(held, { released: true, expiresAt: inMs(graceMs) })
  }

  async forget(room: string, participant: string, leftSeq: number): Promise<void> {
    const earlier = lt(roomPresence.joinedSeq, leftSeq)
    const left = and(eq(roomOf, room), eq(participantOf, participant), earlier)
    await this.#database.run((queries) => queries.delete(roomPresence).where(left))
  }

  async renew(leaseMs: number): Promise<void> {
    if (this.#leases.areNone) return
    await this.#extend(and(eq(nodeOf, this.#node), eq(released, false)), { expiresAt: inMs(leaseMs) })
  }

  async gone(): Promise<readonly GoneParticipant[]> {
    if (this.#leases.areNone) return []
    const gone = await this.#expired()
    if (gone.length === 0 && this.#database.engine.kind === 'pglite') await this.#noteEmptiness()
    return gone
  }

  #noteLease(): void {
    this.#leases.changes += 1
    this.#leases.areNone = false
  }

  async #noteEmptiness(): Promise<void> {
    const { changes } = this.#leases
    const held = await this.#database.run((queries) => queries.select({ roomOf }).from(roomPresence).limit(1))
    if (this.#leases.changes === changes) this.#leases.areNone = held.length === 0
  }

  async #expired(): Promise<readonly GoneParticipant[]> {
    const other = alias(roomPresence, 'other')
    return await this.#database.run((queries) => {
      const stillHeld = queries
        .select({ one: sql`1` })
        .from(other)
        .where(and(eq(other.room, roomOf), eq(other.participant, participantOf), sql`${other.expiresAt} >= now()`))
      return queries
        .selectDistinct({ room: roomOf, participant: participantOf, joinedSeq: roomPresence.joinedSeq })
        .from(roomPresence)
        .where(and(sql`${expiresAt} < now()`, notExists(stillHeld)))
    })
  }

  async #extend(leases: SQL | undefined, set: { readonly expiresAt: SQL; readonly released?: boolean }): Promise<void> {
    await this.#database.run((queries) => queries.update(roomPresence).set(set).where(leases))
  }
}
