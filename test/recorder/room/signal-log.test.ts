import { appendFile, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { getText, loadPublication } from '../../../src/archive/index.ts'
import type { SignalLine } from '../../../src/archive/signal-lines.ts'
import type { Signal } from '../../../src/protocol/index.ts'
import { SignalLog } from '../../../src/recorder/room/signal-log.ts'
import { createFinalizer } from '../../../src/recovery/create-finalizer.ts'
import { claimFolder } from '../../../src/spool/leftovers.ts'
import type { Spool } from '../../../src/spool/spool.ts'
import type { SegmentStore } from '../../../src/store/index.ts'
import { makeFaulty } from '../../store/faulty-store.ts'
import { aboutTake, BEGAN_AT_MS, ID, openRoom, openSpool, spoolSegment, startTake } from '../segments/uploads.ts'

const KEY = `${ID}/signals.jsonl`
const chat = (id: string | undefined, at: number): Signal => ({
  v: 1,
  type: 'chat.message',
  at,
  text: 'hello',
  ...(id !== undefined && { id }),
})

/** Its first picture is there. */
async function openLog(store: SegmentStore, spool: Spool, take: number, startMs: number) {
  const publication = loadPublication(store, ID, { segmentSec: 2, fps: 25 })
  const log = new SignalLog({
    store,
    recordingId: ID,
    take,
    path: spool.signalLog,
    adopted: spool.adopted,
    publication,
    takeStartMs: Promise.resolve(startMs),
    pausedMsBefore: () => 0,
  })
  await publication.catch(() => undefined)
  return log
}

async function linesOf(store: SegmentStore): Promise<readonly SignalLine[]> {
  const text = (await getText(store, KEY)) ?? ''
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SignalLine]))
}

const shown = async (store: SegmentStore) =>
  (await linesOf(store)).map(({ take, mediaSec, signal }) => [take, mediaSec, signal.id])

test('what a store that is away at the end does not take is kept, and the next take stores it in its place', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using old = await openSpool(room.spoolDir, aboutTake(1))
  const first = await openLog(store, old, 1, BEGAN_AT_MS)
  first.add([chat('early', BEGAN_AT_MS + 1_000)])
  await first.finish()
  expect(await readdir(old.path)).not.toContain('signals.jsonl')

  store.fault = 'refusing'
  first.add([chat('late', BEGAN_AT_MS + 3_000)])
  await expect(first.finish()).rejects.toMatchObject({ code: 'store.unavailable' })
  await old[Symbol.asyncDispose]()
  expect(await readdir(old.path)).toContain('signals.jsonl')

  store.fault = 'none'
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  await claimFolder(old, spool.adopted)
  const second = await openLog(store, spool, 2, BEGAN_AT_MS + 10_000)
  second.add([chat('early', BEGAN_AT_MS + 1_000), chat('new', BEGAN_AT_MS + 11_000)])
  await second.finish()
  expect(await shown(store)).toEqual([
    [1, 1, 'early'],
    [1, 3, 'late'],
    [2, 1, 'new'],
  ])
  await spool[Symbol.asyncDispose]()
  expect(await readdir(room.spoolDir)).toEqual([])
})

test('the worker stores the signals of a dead take with its segments', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  {
    await using spool = await openSpool(room.spoolDir, aboutTake(1))
    await spoolSegment(spool, 1, 0)
    const log = await openLog(store, spool, 1, BEGAN_AT_MS)
    log.add([chat('a', BEGAN_AT_MS + 500)])
    await log.keep()
    await appendFile(spool.signalLog, '{"takeSec":1,"sig')
  }
  const finalizer = createFinalizer(store, room.spoolDir)
  await finalizer.finalize(ID, { state: 'completed', error: null })
  expect(await shown(store)).toEqual([[1, 0.5, 'a']])
  expect(await readdir(room.spoolDir)).toEqual([])
})

test('a disk that is full for a moment costs no signal, and a broken line no other', async () => {
  await using room = await openRoom()
  await room.store.put(KEY, new TextEncoder().encode('{"mediaSec":1,"take":1,"signal":{"v":1,"ty'))
  await using spool = await openSpool(room.spoolDir, aboutTake(2))
  await symlink('/dev/full', spool.signalLog)
  const log = await openLog(room.store, spool, 2, BEGAN_AT_MS)
  log.add([chat('a', BEGAN_AT_MS)])
  await expect(log.keep()).rejects.toMatchObject({ code: 'spool.disk-full' })
  await rm(spool.signalLog)
  await writeFile(spool.signalLog, 'half a line')
  log.add([chat('b', BEGAN_AT_MS)])
  await log.keep()
  const kept = (await readFile(spool.signalLog, 'utf8')).trim().split('\n')
  expect(kept.map((line) => JSON.parse(line).signal.id)).toEqual(['a', 'b'])
  await log.finish()
  const [broken, ...whole] = ((await getText(room.store, KEY)) ?? '').trim().split('\n')
  expect(broken).toMatch(/"ty$/)
  expect(whole.map((line) => JSON.parse(line).signal.id)).toEqual(['a', 'b'])
})

test('a history without ids that a later take gets again is there once', async () => {
  await using room = await openRoom()
  const history = [chat(undefined, BEGAN_AT_MS - 60_000)]
  for (const take of [1, 2]) {
    await using spool = await openSpool(room.spoolDir, aboutTake(take))
    const log = await openLog(room.store, spool, take, BEGAN_AT_MS + take)
    log.add(history)
    await log.finish()
  }
  expect(await linesOf(room.store)).toHaveLength(1)
})

test('the longer the log, the more seldom it is stored, and its end always', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const take = startTake({ ...room, store, spool, take: 1 })
  take.add(await spoolSegment(spool, 1, 0))
  await take.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
  const log = await openLog(store, spool, 1, BEGAN_AT_MS)
  const stored = (): number => store.puts.filter((key) => key === KEY).length
  for (let number = 0; number < 50; number += 1) {
    log.add([{ ...chat(`c${number}`, BEGAN_AT_MS), text: 'x'.repeat(20_000) } as Signal])
    await log.flush()
  }
  expect(stored()).toBeLessThan(5)
  await log.finish()
  expect(await linesOf(store)).toHaveLength(50)
})

test('keeps on the disk what came while the store is away', async () => {
  await using room = await openRoom()
  const store = makeFaulty(room.store)
  await using spool = await openSpool(room.spoolDir, aboutTake(1))
  const log = await openLog(store, spool, 1, BEGAN_AT_MS)
  store.fault = 'refusing'
  log.add([chat('a', BEGAN_AT_MS)])
  await log.flush().catch(() => undefined)
  expect(await readFile(spool.signalLog, 'utf8')).toContain('"id":"a"')
})
