import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sealDeleted } from '../../src/archive/fence.ts'
import { getText, loadSegments } from '../../src/archive/index.ts'
import { loadManifest } from '../../src/archive/manifest.ts'
import { AppError } from '../../src/protocol/index.ts'
import { createFinalizer } from '../../src/recovery/create-finalizer.ts'
import { recoverSpool, recoverSpoolRegularly } from '../../src/recovery/recover-spool.ts'
import { takeFileOf } from '../../src/spool/take-file.ts'
import { type LogLine, loggerInto } from '../recorder/recorder-run.ts'
import { aboutTake, ID, openRoom, openSpool, spoolSegment, startTake } from '../recorder/segments/uploads.ts'
import { makeFaulty } from '../store/faulty-store.ts'

/** Long enough that a take which does not wait would have published. */
const WAITS_MS = 600
/** Beside other takes, on a busy machine. */
const STORED = { timeout: 10_000 }

/** A recorder process that has spooled some segments of a take; it is dead when this resolves, or waits to be killed. */
async function leave(spoolDir: string, take: number, options: { count: number; end: 'dies' | 'waits' }) {
  const script = fileURLToPath(new URL('./dead-take.ts', import.meta.url))
  const child = spawn(process.execPath, [script, spoolDir, String(take), String(options.count), options.end], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [path] = await once(createInterface({ input: child.stdout }), 'line')
  if (options.end === 'dies') await exited
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { path: String(path), kill, [Symbol.asyncDispose]: kill }
}

/** Makes the folder of a take of this process one of a process that is gone. */
async function declareDead(folder: string): Promise<void> {
  const file = takeFileOf(folder)
  const about = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...about, owner: { ...about.owner, startTicks: '1' } }))
}

const urisOf = async (room: { store: Parameters<typeof loadSegments>[0] }) =>
  (await loadSegments(room.store, ID))?.segments.map(({ uri, discontinuity }) => (discontinuity ? `| ${uri}` : uri))

// Each has a spool and a store of its own.
test.concurrent('a take begins with what the dead one before it left in the spool, in order', async () => {
  await using room = await openRoom()
  await leave(room.spoolDir, 1, { count: 3, end: 'dies' })
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  const take = startTake({ ...room, spool, take: 2 })
  take.add(await spoolSegment(spool, 2, 0))
  await take.finish({ ended: true, deadline: AbortSignal.timeout(10_000) })
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', 'takes/1/2.ts', '| takes/2/0.ts'])
  expect(take.stored.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  expect(await getText(room.store, `${ID}/takes/1/2.ts`)).toBe('take 1 segment 2')
  await spool[Symbol.asyncDispose]()
  expect(await readdir(room.spoolDir)).toEqual([])
})

test.concurrent('a take waits while the one before it is still alive, and its own segments wait with it', async () => {
  await using room = await openRoom()
  await using earlier = await leave(room.spoolDir, 1, { count: 2, end: 'waits' })
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  const take = startTake({ ...room, spool, take: 2 })
  take.add(await spoolSegment(spool, 2, 0))
  await sleep(WAITS_MS)
  expect(await urisOf(room)).toBeUndefined()
  await earlier.kill()
  await take.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', '| takes/2/0.ts'])
})

test.concurrent('what a dead take had adopted from a dead take is not lost either', async () => {
  await using room = await openRoom()
  await leave(room.spoolDir, 1, { count: 2, end: 'dies' })
  const store = makeFaulty(room.store)
  Object.assign(store, { fault: 'refusing', faultyKeys: /\.ts$/ })
  {
    await using spool = await openSpool(room.spoolDir, aboutTake(2))
    const take = startTake({ ...room, store, spool, take: 2 })
    take.add(await spoolSegment(spool, 2, 0))
    await take.publication
    await expect(take.finish({ ended: true, deadline: AbortSignal.timeout(300) })).rejects.toThrow()
  }
  const [folder = ''] = await readdir(room.spoolDir)
  await declareDead(join(room.spoolDir, folder))
  await using spool = await openSpool(room.spoolDir, aboutTake(3))
  const take = startTake({ ...room, spool, take: 3 })
  await take.finish({ ended: true, deadline: AbortSignal.timeout(10_000) })
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', '| takes/2/0.ts'])
})

test.concurrent('what is left of a recording that has ended is put in its place, and segment names stay', async () => {
  await using room = await openRoom()
  await leave(room.spoolDir, 1, { count: 2, end: 'dies' })
  const elsewhere = join(room.path, 'other-machine')
  {
    await using spool = await openSpool(elsewhere, aboutTake(2))
    const take = startTake({ ...room, spoolDir: elsewhere, spool, take: 2 })
    for (const number of [0, 1]) take.add(await spoolSegment(spool, 2, number))
    await take.finish({ ended: true, deadline: AbortSignal.timeout(10_000) })
  }
  expect(await urisOf(room)).toEqual(['takes/2/0.ts', 'takes/2/1.ts'])

  const log: unknown[] = []
  const told: unknown[] = []
  const end = { state: 'completed' as const, endedAt: '2026-11-21T12:00:00.000Z', error: null }
  const finalizer = createFinalizer(room.store, room.spoolDir)
  const options = {
    finalizer,
    spoolDir: room.spoolDir,
    endOf: async () => end,
    async onStored(_id: string, what: unknown) {
      told.push(what)
      if (told.length === 1) throw new Error('the database is away')
    },
    logger: loggerInto(log as never),
  }
  await recoverSpool(options)
  expect(await readdir(room.spoolDir)).toHaveLength(1)
  await recoverSpool(options)
  expect(await readdir(room.spoolDir)).toEqual([])
  const takes = [1, 2].map((number) => ({ number, durationSec: 4, segments: 2 }))
  expect(told).toEqual([1, 2].map(() => ({ durationSec: 8, segments: 4, takes })))
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', '| takes/2/0.ts', 'takes/2/1.ts'])
  expect((await loadSegments(room.store, ID))?.segments.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  expect(await getText(room.store, `${ID}/index.m3u8`)).toContain('#EXT-X-ENDLIST')
  expect(await getText(room.store, `${ID}/live.m3u8`)).toContain('#EXT-X-ENDLIST')
  expect(await loadManifest(room.store, ID)).toMatchObject({ state: 'completed', durationSec: 8, endedAt: end.endedAt })
  const again = await finalizer.finalize(ID, { state: 'completed', error: null })
  expect(again).toEqual({ durationSec: 8, segments: 4, takes })
})

test.concurrent('a store that fails in the middle strands nothing: the next pass of the same process goes on, at the same depth', async () => {
  await using room = await openRoom()
  await leave(room.spoolDir, 1, { count: 2, end: 'dies' })
  await leave(room.spoolDir, 2, { count: 2, end: 'dies' })
  const store = makeFaulty(room.store)
  const finalizer = createFinalizer(store, room.spoolDir)
  const end = { state: 'completed' as const, endedAt: '2026-11-21T12:00:00.000Z', error: null }
  const onClosed = async () => {
    throw new Error('the database is away')
  }
  const depths = new Set<number>()
  for (let pass = 0; pass < 3; pass += 1) {
    await expect(finalizer.finalize(ID, { ...end, onClosed })).rejects.toThrow('database')
    const names = await readdir(room.spoolDir, { recursive: true })
    depths.add(Math.max(...names.map((name) => name.split('/').length)))
  }
  expect(depths.size).toBe(1)
  Object.assign(store, { fault: 'refusing', faultyKeys: /takes\/2\/1\.ts$/ })
  const failing = finalizer.finalize(ID, end)
  setTimeout(() => Object.assign(store, { fault: 'none' }), WAITS_MS)
  expect(await failing).toMatchObject({ segments: 4 })
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', '| takes/2/0.ts', 'takes/2/1.ts'])
  expect((await loadManifest(room.store, ID))?.takes.map(({ number }) => number)).toEqual([1, 2])
  expect(await readdir(room.spoolDir)).toEqual([])
})

test.concurrent('what is left of a deleted recording goes, of one that only the database does not know it stays', async () => {
  await using room = await openRoom()
  await leave(room.spoolDir, 1, { count: 1, end: 'dies' })
  const log: LogLine[] = []
  const options = {
    finalizer: createFinalizer(room.store, room.spoolDir),
    spoolDir: room.spoolDir,
    async endOf(): Promise<undefined> {
      throw new AppError('recording.not-found', 'There is no such recording')
    },
    onStored: async () => undefined,
    logger: loggerInto(log),
  }
  await recoverSpool(options)
  expect(await readdir(room.spoolDir)).toHaveLength(1)
  await sealDeleted(room.store, ID, { at: '2026-11-21T12:00:00.000Z', highlights: 'delete' })
  await recoverSpool(options)
  expect(await readdir(room.spoolDir)).toEqual([])
  expect(log.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test.concurrent('what is left of a recording that still runs is left alone', async () => {
  await using room = await openRoom()
  const { path } = await leave(room.spoolDir, 1, { count: 1, end: 'dies' })
  await using _recovery = recoverSpoolRegularly({
    finalizer: createFinalizer(room.store, room.spoolDir),
    spoolDir: room.spoolDir,
    endOf: async () => undefined,
    onStored: async () => undefined,
    logger: loggerInto([]),
  })
  await _recovery[Symbol.asyncDispose]()
  expect(await readdir(join(path, 'segments'))).toHaveLength(1)
})

test.concurrent('a take stores nothing twice of what was published before its predecessor died', async () => {
  await using room = await openRoom()
  const { path } = await leave(room.spoolDir, 1, { count: 3, end: 'dies' })
  expect(await readdir(join(path, 'segments'))).toHaveLength(3)
  {
    const elsewhere = join(room.path, 'other-spool')
    await using spool = await openSpool(elsewhere, aboutTake(1))
    const first = startTake({ ...room, spoolDir: elsewhere, spool, take: 1 })
    for (const number of [0, 1]) first.add(await spoolSegment(spool, 1, number))
    await first.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
  }
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  const take = startTake({ ...room, store, spool, take: 2 })
  await take.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
  expect(store.puts.filter((key) => key.endsWith('.ts'))).toEqual([`${ID}/takes/1/2.ts`])
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', 'takes/1/1.ts', 'takes/1/2.ts'])
})

test.concurrent('a take that was overtaken stores nothing more, and what it had stays in its spool', async ({
  expect,
}) => {
  await using room = await openRoom()
  const elsewhere = join(room.path, 'zombie-spool')
  await using oldSpool = await openSpool(elsewhere, aboutTake(1))
  const old = startTake({ ...room, spoolDir: elsewhere, spool: oldSpool, take: 1 })
  old.add(await spoolSegment(oldSpool, 1, 0))
  await expect.poll(() => old.stored.length, STORED).toBe(1)
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  const take = startTake({ ...room, spool, take: 2 })
  await take.publication
  old.add(await spoolSegment(oldSpool, 1, 1))
  await expect.poll(() => old.superseded.map(({ code }) => code), STORED).toEqual(['take.superseded'])
  take.add(await spoolSegment(spool, 2, 0))
  await take.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
  expect(await urisOf(room)).toEqual(['takes/1/0.ts', '| takes/2/0.ts'])
  expect(await readdir(join(oldSpool.path, 'segments'))).toHaveLength(1)
})
