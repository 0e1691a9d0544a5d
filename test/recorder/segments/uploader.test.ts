import { mkdir, readdir, rename, rm, rmdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { getText, loadPublication, loadSegments } from '../../../src/archive/index.ts'
import { parsePlaylist } from '../../../src/playlist/index.ts'
import type { AppError } from '../../../src/protocol/index.ts'
import { Uploader } from '../../../src/recorder/segments/uploader.ts'
import { makeFaulty, type StoreFault } from '../../store/faulty-store.ts'
import { aboutTake, ID, openRoom, openSpool, spoolSegment, startTake } from './uploads.ts'

const DEADLINE_MS = 20_000

test.concurrent.for<StoreFault>(['refusing', 'slow', 'half-answering'])(
  'with a store that is %s for a while stores everything in order, and warns at most once',
  async (fault, { expect }) => {
    await using room = await openRoom()
    const store = makeFaulty(room.store)
    await using spool = await openSpool(room.spoolDir, aboutTake(1))
    const take = startTake({ ...room, store, spool, take: 1 })
    take.add(await spoolSegment(spool, 1, 0))
    await expect.poll(() => take.stored.length, { timeout: DEADLINE_MS }).toBe(1)
    store.fault = fault
    for (let number = 1; number < 40; number += 1) take.add(await spoolSegment(spool, 1, number))
    await sleep(500)
    store.fault = 'none'
    await take.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
    expect((await loadSegments(room.store, ID))?.segments.map(({ uri }) => uri)).toEqual(
      Array.from({ length: 40 }, (_, number) => `takes/1/${number}.ts`),
    )
    for (const { uri } of take.stored) expect(await room.store.head(`${ID}/${uri}`)).toBeDefined()
    expect(take.troubles.length).toBe(fault === 'slow' ? 0 : 1)
    expect(await readdir(join(spool.path, 'segments'))).toEqual([])
  },
)

test.concurrent('never names what is not stored, whenever the playlists are read', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, store, spool, take: 1 })
  let reading = true
  const reader = (async () => {
    let longest = 0
    while (reading) {
      const named = (await loadSegments(room.store, ID))?.segments ?? []
      expect(named.length).toBeGreaterThanOrEqual(longest)
      longest = named.length
      for (const { uri } of named.slice(-5)) expect(await room.store.head(`${ID}/${uri}`)).toBeDefined()
    }
    return longest
  })()
  const faults: readonly StoreFault[] = ['none', 'half-answering', 'none', 'refusing', 'none', 'slow']
  for (let number = 0; number < 60; number += 1) {
    store.fault = faults[Math.floor(number / 10)] ?? 'none'
    take.add(await spoolSegment(spool, 1, number))
    if (number % 10 === 9) await sleep(200)
  }
  store.fault = 'none'
  await take.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
  reading = false
  expect(await reader).toBeGreaterThan(0)
})

test.concurrent('catches up with many segments by few writes of playlists, in batches that can be played meanwhile', async ({
  expect,
}) => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  store.fault = 'refusing'
  const take = startTake({ ...room, store, spool, take: 1 })
  for (let number = 0; number < 100; number += 1) take.add(await spoolSegment(spool, 1, number))
  store.fault = 'none'
  await expect.poll(() => take.stored.length, { timeout: DEADLINE_MS }).toBe(100)
  const playlists = store.puts.filter((key) => key.endsWith('live.m3u8')).length
  // Those that are uploaded last are named one by one.
  expect(playlists).toBeLessThan(100 / 8 + 9)
  const live = parsePlaylist((await getText(room.store, `${ID}/live.m3u8`)) ?? '')
  expect(live?.segments.at(-1)?.uri).toBe('takes/1/99.ts')
  await take.finish({ ended: false, deadline: AbortSignal.timeout(DEADLINE_MS) })
})

test.concurrent('names each segment as soon as it is stored, though every upload takes longer than a segment lasts', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, store, spool, take: 1 })
  await take.publication
  store.faultyKeys = /\.ts$/
  store.fault = 'slow'
  for (let number = 0; number < 24; number += 1) {
    take.add(await spoolSegment(spool, 1, number))
    await sleep(30)
  }
  await take.finish({ ended: false, deadline: AbortSignal.timeout(DEADLINE_MS) })
  expect(store.puts.filter((key) => key.endsWith('live.m3u8')).length).toBeGreaterThan(12)
})

test.concurrent('leaves the spool what the store has not confirmed by the deadline', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  {
    await using spool = await openSpool(room.spoolDir, aboutTake(1))
    const take = startTake({ ...room, store, spool, take: 1 })
    await take.publication
    store.fault = 'refusing'
    take.add(await spoolSegment(spool, 1, 0))
    const finished = take.finish({ ended: true, deadline: AbortSignal.timeout(300) })
    await expect(finished).rejects.toMatchObject({ code: 'store.unavailable' })
  }
  const [folder = ''] = await readdir(room.spoolDir)
  expect(await readdir(join(room.spoolDir, folder, 'segments'))).toHaveLength(1)
})

test.concurrent('makes a gap of a segment whose file somebody took away, and goes on', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, store, spool, take: 1 })
  const lost = await spoolSegment(spool, 1, 0)
  await rm(lost.path ?? '')
  take.add(lost)
  take.add(await spoolSegment(spool, 1, 1))
  await take.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
  expect((await loadSegments(room.store, ID))?.segments.map(({ gap }) => gap ?? false)).toEqual([true, false])
})

test.concurrent('makes no gap of a segment whose file the disk does not give for a moment', async ({ expect }) => {
  await using room = await openRoom()
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, spool, take: 1 })
  const segment = await spoolSegment(spool, 1, 0)
  const path = segment.path ?? ''
  const aside = join(room.path, 'aside.ts')
  await rename(path, aside)
  // Whatever is asked of it fails with ELOOP: it is there, and nobody can read it.
  await symlink(path, path)
  take.add(segment)
  await expect
    .poll(() => take.troubles.map(({ message }) => message), { timeout: DEADLINE_MS })
    .toEqual([expect.stringContaining('ELOOP')])
  await rename(aside, path)
  await take.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
  expect((await loadSegments(room.store, ID))?.segments.map(({ uri, gap }) => ({ uri, gap }))).toEqual([
    { uri: 'takes/1/0.ts', gap: undefined },
  ])
})

test.concurrent('goes on when a file of the spool cannot be renamed for a moment', async ({ expect }) => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, store, spool, take: 1 })
  await take.publication
  const segment = await spoolSegment(spool, 1, 0)
  const inTheWay = (segment.path ?? '').replace(/\.ts$/, '.stored')
  await mkdir(inTheWay)
  take.add(segment)
  await expect
    .poll(() => take.troubles.map(({ message }) => message), { timeout: DEADLINE_MS })
    .toEqual([expect.stringContaining('EISDIR')])
  await rmdir(inTheWay)
  await take.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
  expect((await loadSegments(room.store, ID))?.segments.map(({ uri }) => uri)).toEqual(['takes/1/0.ts'])
  expect(take.failures).toEqual([])
})

test.concurrent('says so when nothing can be published any more', async ({ expect }) => {
  await using room = await openRoom()
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const failures: AppError[] = []
  const uploader = new Uploader({
    recordingId: ID,
    store: room.store,
    begin: async () => ({
      publication: await loadPublication(room.store, ID, { segmentSec: 2, fps: 25 }),
      leftovers: [],
    }),
    onStored() {
      throw new Error('the link to the worker broke')
    },
    onTrouble: () => undefined,
    onFailed: (error) => failures.push(error),
  })
  uploader.add(await spoolSegment(spool, 1, 0))
  await expect.poll(() => failures.map(({ code }) => code), { timeout: DEADLINE_MS }).toEqual(['internal'])
})

test.concurrent('ends at its deadline though the store never answers', async () => {
  await using room = await openRoom()
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const store = { ...makeFaulty(room.store), put: () => new Promise<never>(() => undefined) }
  const take = startTake({ ...room, store, spool, take: 1 })
  take.add(await spoolSegment(spool, 1, 0))
  const finished = take.finish({ ended: true, deadline: AbortSignal.timeout(300) })
  await expect(finished).rejects.toMatchObject({ code: 'store.unavailable' })
})
