import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { loadSegments } from '../../src/archive/index.ts'
import { createFinalizer } from '../../src/recovery/create-finalizer.ts'
import type { SegmentStore } from '../../src/store/index.ts'
import { aboutTake, ID, openRoom, openSpool, spoolSegment } from '../recorder/segments/uploads.ts'

const END = { state: 'completed' as const, error: null }

/** A store in which the first answer to a read of this object waits. */
function holdRead(store: SegmentStore, name: string) {
  const reached = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const held: SegmentStore = {
    put: (...args) => store.put(...args),
    putFile: (...args) => store.putFile(...args),
    async get(...args) {
      const object = await store.get(...args).catch((error: unknown) => error)
      if (args[0].endsWith(name)) {
        reached.resolve()
        await go.promise
      }
      if (object instanceof Error) throw object
      return object as Awaited<ReturnType<SegmentStore['get']>>
    },
    head: (...args) => store.head(...args),
    list: (...args) => store.list(...args),
    folders: (...args) => store.folders(...args),
    delete: (...args) => store.delete(...args),
    check: (...args) => store.check(...args),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
  return { held, reached: reached.promise, go: go.resolve }
}

// What they wait for is random, up to a second.
test.concurrent.each([
  ['after it has read the playlists', 'recording.json'],
  ['after it has read who holds the lock', 'closing.json'],
])('two hosts that close a recording at once lose nothing of each other, when one halts %s', async (_, name) => {
  await using room = await openRoom()
  const [a, b] = ['a', 'b'].map((host) => join(room.path, host)) as [string, string]
  for (const [folder, take] of [
    [a, 1],
    [b, 2],
  ] as const) {
    await using spool = await openSpool(folder, aboutTake(take))
    for (const number of [0, 1]) await spoolSegment(spool, take, number)
  }
  const { held, reached, go } = holdRead(room.store, name)
  const first = createFinalizer(held, a).finalize(ID, END)
  await reached
  const second = createFinalizer(room.store, b).finalize(ID, END)
  await vi.waitFor(async () => expect(await room.store.head(`${ID}/index.m3u8`)).toBeDefined(), { timeout: 10_000 })
  go()
  await Promise.all([first, second])
  expect((await loadSegments(room.store, ID))?.segments.map(({ uri }) => uri)).toEqual([
    'takes/1/0.ts',
    'takes/1/1.ts',
    'takes/2/0.ts',
    'takes/2/1.ts',
  ])
})
