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
import { describeDatabases } from './databases.ts'

const chat = (id: string, text = 'hello'): Signal => ({ v: 1, type: 'chat.message', at: 1, id, text })
const WRITERS = 10

describeDatabases('the history of rooms', (database) => {
  const history = () => createRoomHistory(database())

  test('numbers signals from 1 in their order', async () => {
    const room = ulid()
    const stored = await history().append(room, [chat('a'), chat('b')])
    expect(stored).toEqual([
      { ...chat('a'), seq: 1 },
      { ...chat('b'), seq: 2 },
    ])
    expect(await history().append(room, [chat('c')])).toEqual([{ ...chat('c'), seq: 3 }])
    expect(await history().since(room, 1)).toEqual([
      { ...chat('b'), seq: 2 },
      { ...chat('c'), seq: 3 },
    ])
  })

  test('keeps the old number of a signal that it knows, in one call and in two', async () => {
    const room = ulid()
    expect((await history().append(room, [chat('a'), chat('a')])).map(({ seq }) => seq)).toEqual([1, 1])
    expect((await history().append(room, [chat('b'), chat('a')])).map(({ seq }) => seq)).toEqual([2, 1])
    expect(await history().since(room, 0)).toHaveLength(2)
  })

  test('keeps rooms apart', async () => {
    const [one, two] = [ulid(), ulid()]
    await history().append(one, [chat('a')])
    expect(await history().since(two, 0)).toEqual([])
    expect((await history().append(two, [chat('a')]))[0]?.seq).toBe(1)
  })

  test('has no gap and no double when many write at once', async () => {
    const room = ulid()
    await Promise.all(
      Array.from({ length: WRITERS }, (_, index) => history().append(room, [chat(`s${index}`), chat(`t${index}`)])),
    )
    const seqs = (await history().since(room, 0)).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: WRITERS * 2 }, (_, index) => index + 1))
  })

  test('keeps unknown types and any text as they came', async () => {
    const room = ulid()
    const odd = { v: 1, type: 'vendor.thing', at: 2, id: 'x', data: { a: [1, null, '\u0000'] } } as Signal
    await history().append(room, [odd])
    expect(await history().since(room, 0)).toEqual([{ ...odd, seq: 1 }])
  })

  test('returns the signal that has the id, not the one that came with it later', async () => {
    const room = ulid()
    await history().append(room, [chat('a', 'first')])
    expect(await history().append(room, [chat('a', 'second')])).toEqual([{ ...chat('a', 'first'), seq: 1 }])
  })

  test('says the newest number, and tells it to whoever watches the room, once per write', async () => {
    const room = ulid()
    expect(await history().lastSeq(room)).toBe(0)
    const heard: unknown[] = []
    using _other = history().watch(ulid(), (seq) => heard.push(['other', seq]))
    using _watch = history().watch(room, (seq) => heard.push(seq))
    await history().append(room, [chat('a'), chat('b')])
    await history().append(room, [chat('a')])
    await history().append(room, [chat('c')])
    await expect.poll(() => heard).toEqual([2, 3])
    expect(await history().lastSeq(room)).toBe(3)
  })

  test('comes in pieces', async () => {
    const room = ulid()
    await history().append(room, [chat('a'), chat('b'), chat('c')])
    const seqs = async (afterSeq: number) => (await history().since(room, afterSeq, 2)).map(({ seq }) => seq)
    expect([await seqs(0), await seqs(2), await seqs(3)]).toEqual([[1, 2], [3], []])
  })

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

  test('takes an empty list', async () => {
    expect(await history().append(ulid(), [])).toEqual([])
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
