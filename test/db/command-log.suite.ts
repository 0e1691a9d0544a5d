import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createCommandLog } from '../../src/db/index.ts'
import { describeDatabases } from './databases.ts'

/** An answer on the same machine takes milliseconds; this is far above them and far below the time-out. */
const SOON_MS = 1000
const TIMEOUT_MS = 5000

describeDatabases('the command log', (database) => {
  const log = () => createCommandLog(database())
  const append = async (recordingId: string, id = ulid()) => {
    await log().append({ id, recordingId, command: { type: 'layout', layout: { name: 'grid' } }, applied: false })
    return id
  }

  test('tells the watcher of a recording, and only of that one', async () => {
    const [mine, other] = [ulid(), ulid()]
    let rings = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    using _watch = log().watch(mine, () => {
      rings += 1
      resolve()
    })
    await append(other)
    await append(mine)
    await promise
    expect(rings).toBe(1)
  })

  test('gives what has no answer, in order, after a number', async () => {
    const recordingId = ulid()
    const ids = [await append(recordingId), await append(recordingId), await append(recordingId)]
    await log().answer(ids[0] ?? '', { error: null })
    const pending = await log().pending(recordingId, 0)
    expect(pending.map(({ id }) => id)).toEqual(ids.slice(1))
    expect(await log().pending(recordingId, pending.at(-1)?.seq ?? 0)).toEqual([])
  })

  test('remembers every signal of a recording, answered or not', async () => {
    const [mine, other] = [ulid(), ulid()]
    const signal = (text: string) => ({ v: 1 as const, type: 'chat.message' as const, at: 1, text })
    const send = async (recordingId: string, texts: readonly string[]) => {
      const id = ulid()
      await log().append({ id, recordingId, command: { type: 'signals', signals: texts.map(signal) }, applied: false })
      return id
    }
    const first = await send(mine, ['a', 'b'])
    await append(mine)
    await send(other, ['x'])
    await send(mine, ['c'])
    await log().answer(first, { error: null })
    expect(await log().signals(mine)).toEqual(['a', 'b', 'c'].map(signal))
  })

  test('wakes who waits for an answer at once', async () => {
    const id = await append(ulid())
    const began = performance.now()
    const waiting = log().waitForAnswer(id, TIMEOUT_MS)
    const error = { code: 'layout.unknown-source', message: 'no' }
    await log().answer(id, { error })
    expect(await waiting).toEqual({ error })
    expect(performance.now() - began).toBeLessThan(SOON_MS)
  })

  test('finds an answer that came before anybody waited', async () => {
    const id = await append(ulid())
    await log().answer(id, { error: null })
    expect(await log().waitForAnswer(id, TIMEOUT_MS)).toEqual({ error: null })
  })

  test('gives up after the time-out', async () => {
    expect(await log().waitForAnswer(await append(ulid()), 50)).toBeUndefined()
  })

  test('keeps any text of a signal', async () => {
    const recordingId = ulid()
    const signals = [{ v: 1, type: 'chat.message', at: 1, text: 'null \u0000 and 漢字 🎉' }] as const
    await log().append({ id: ulid(), recordingId, command: { type: 'signals', signals }, applied: true })
    expect((await log().pending(recordingId, 0))[0]?.command).toEqual({ type: 'signals', signals })
  })
})
