import { sql } from 'drizzle-orm'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import {
  createOldHistory,
  createRoomHistory,
  createRoomPresence,
  createShareRepository,
  createWorkerRegistry,
  type Database,
  prune,
  serviceSecret,
} from '../../src/db/index.ts'
import { siftHistories } from '../../src/hub/index.ts'
import type { Signal } from '../../src/protocol/index.ts'
import { testRoomHistory } from '../hub/room-history.suite.ts'
import { describeDatabases } from './databases.ts'

const chat = (id: string, text = 'hello'): Signal => ({ v: 1, type: 'chat.message', at: 1, id, text })

describeDatabases('the history of rooms', (database) => {
  const history = () => createRoomHistory(database())

  testRoomHistory(history)

  test('of a room that goes on loses what is old and does not count any more, and keeps what it is made of', async () => {
    const [busy, young] = [ulid(), ulid()]
    const speaks = (id: string, participant: string): Signal => ({
      v: 1,
      type: 'active.speaker',
      at: 1,
      id,
      participant,
    })
    await history().append(busy, [chat('a'), speaks('b', 'amy'), speaks('c', 'ben'), chat('d')])
    await age(database(), busy, 3)
    await history().append(busy, [chat('e')])
    await history().append(young, [chat('a')])
    const before = new Date(Date.now() - 24 * 3600 * 1000)
    const claims = () => createOldHistory(database()).claim(before)
    await siftHistories(createOldHistory(database()), before)
    expect((await history().since(busy, 0)).map(({ id }) => id)).toEqual(['c', 'd', 'e'])
    expect(await history().since(young, 0)).toHaveLength(1)
    expect((await history().append(busy, [chat('f')]))[0]?.seq).toBe(6)
    expect(await claims()).toEqual([])
  })
})

/** The first signals of the room are two days old. */
async function age(database: Database, room: string, count: number): Promise<void> {
  const old = sql`update room_signals set created_at = now() - interval '2 days' where room = ${room} and seq <= ${count}`
  await database.run((queries) => queries.execute(old))
}

async function workersOf(database: Database): Promise<number> {
  const found = await database.run((queries) => queries.execute(sql`select worker from workers`))
  return (found as { rows: unknown[] }).rows.length
}

describeDatabases('service secrets and pruning', (database) => {
  test('a secret is made once, however many ask', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => serviceSecret(database(), 'hub', () => ulid())))
    expect(new Set(made).size).toBe(1)
    expect(await serviceSecret(database(), 'other', () => 'x')).toBe('x')
  })

  test('pruning deletes shares that expired long ago and workers that are gone, and no others', async () => {
    const day = 24 * 3600 * 1000
    const shares = createShareRepository(database())
    const highlightId = `hl_${ulid()}`
    const make = async (expiredDaysAgo: number): Promise<string> => {
      const at = (ms: number) => new Date(ms).toISOString()
      const times = { createdAt: at(0), expiresAt: at(Date.now() - expiredDaysAgo * day), revokedAt: null }
      const id = `shr_${ulid()}`
      await shares.insert({ id, highlightId, ...times })
      return id
    }
    const [old, young, lasting] = [await make(8), await make(6), await make(-1)]
    await createWorkerRegistry(database(), 'killed').heartbeat('cpu')
    await prune(database(), new Date(), { roomHistoryDays: 30 })
    expect(await shares.find(old)).toBeUndefined()
    expect((await shares.list(highlightId)).map(({ id }) => id).sort()).toEqual([young, lasting].sort())
    expect(await workersOf(database())).toBe(1)
    await prune(database(), new Date(Date.now() + 2 * day), { roomHistoryDays: 30 })
    expect(await workersOf(database())).toBe(0)
  })

  test('pruning deletes the history of a room that nobody needs, and its numbers go on', async () => {
    const later = new Date(Date.now() + 40 * 24 * 3600 * 1000)
    const [silent, present] = [ulid(), ulid()]
    for (const room of [silent, present]) await createRoomHistory(database()).append(room, [chat('a'), chat('b')])
    const by = { owner: 'amy', joinedSeq: 1, leaseMs: 1000 }
    await createRoomPresence(database(), 'one').hold(present, 'amy', by)
    await prune(database(), later, { roomHistoryDays: 41 })
    expect(await createRoomHistory(database()).since(silent, 0)).toHaveLength(2)
    await prune(database(), later, { roomHistoryDays: 39 })
    expect(await createRoomHistory(database()).since(silent, 0)).toEqual([])
    expect(await createRoomHistory(database()).since(present, 0)).toHaveLength(2)
    expect((await createRoomHistory(database()).append(silent, [chat('c')]))[0]?.seq).toBe(3)
  })
})
