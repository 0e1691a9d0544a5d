import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createRoomHistory, prune, serviceSecret } from '../../src/db/index.ts'
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

  test('takes an empty list', async () => {
    expect(await history().append(ulid(), [])).toEqual([])
  })
})

describeDatabases('service secrets and pruning', (database) => {
  test('a secret is made once, however many ask', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => serviceSecret(database(), 'hub', () => ulid())))
    expect(new Set(made).size).toBe(1)
    expect(await serviceSecret(database(), 'other', () => 'x')).toBe('x')
  })

  test('pruning deletes what is old', async () => {
    await prune(database(), new Date('2100-01-01T00:00:00.000Z'))
  })
})
