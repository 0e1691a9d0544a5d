import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import type { RoomHistory } from '../../src/hub/index.ts'
import type { Signal } from '../../src/protocol/index.ts'

const chat = (id: string, text = 'hello'): Signal => ({ v: 1, type: 'chat.message', at: 1, id, text })
const WRITERS = 10

/** The conformance suite of a history of rooms: what the hub relies on, over every driver and over the fake. */
export function testRoomHistory(history: () => RoomHistory): void {
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

  test('keeps the signals of two senders apart that have the same id', async () => {
    const room = ulid()
    const said = ['amy', 'bob', undefined].map((from) => ({ ...chat('m1', `I am ${from}`), ...(from && { from }) }))
    expect((await history().append(room, said)).map(({ seq }) => seq)).toEqual([1, 2, 3])
    const again = { ...chat('m1', 'again'), from: 'bob' }
    expect(await history().append(room, [again])).toEqual([{ ...said[1], seq: 2 }])
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

  test('takes more at once than one statement has parameters', async () => {
    const room = ulid()
    const many = Array.from({ length: 17_000 }, (_, n) => chat(`m${n}`))
    expect((await history().append(room, many)).at(-1)?.seq).toBe(17_000)
    expect((await history().append(room, many.slice(-3))).map(({ seq }) => seq)).toEqual([16_998, 16_999, 17_000])
    expect(await history().lastSeq(room)).toBe(17_000)
  })

  test('comes in smaller pieces where it is many bytes, whole and in order', async () => {
    const room = ulid()
    const heavy = (n: number): Signal => ({
      v: 1,
      type: 'custom',
      name: 'blob',
      at: n,
      id: `b${n}`,
      data: 'x'.repeat(3e6),
    })
    for (let n = 0; n < 5; n += 1) await history().append(room, [heavy(n), chat(`c${n}`)])
    const pages: number[][] = []
    for (let seq = 0, isEnd = false; !isEnd; ) {
      const page = (await history().since(room, seq, 250)).map((signal) => signal.seq ?? 0)
      pages.push(page)
      seq = page.at(-1) ?? seq
      isEnd = page.length === 0
    }
    expect(pages).toEqual([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], []])
  })

  test('takes an empty list', async () => {
    expect(await history().append(ulid(), [])).toEqual([])
  })
}
