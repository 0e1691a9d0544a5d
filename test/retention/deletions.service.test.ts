import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fenceStore } from '../../src/archive/fence.ts'
import { createDeletionLog, createEventLog, createRoomHistory, type Database } from '../../src/db/index.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { SURROUNDINGS } from '../highlights/open-highlights.ts'
import { type S3Server, startS3Server } from '../kit/servers/s3.ts'
import { openOnServer } from '../kit/service/prepared-databases.ts'
import { openDeletions, SEGMENTS } from './open-deletions.ts'

const HOUR_MS = 3600 * 1000
/** What stays of a deleted recording, for ever. */
const FENCE = 'takes/newest.json'
/** What stays of a highlight. */
const filesOf = (id: string) => ['clip.mp4', 'highlight.json'].map((file) => `highlights/${id}/${file}`)
const folderStore = () => stores['a folder'] as SegmentStore

let database: Database
let s3: S3Server
let folder: string
const stores: Record<string, SegmentStore> = {}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-deletions-'))
  database = await openOnServer()
  stores['a folder'] = await openStore({ kind: 'fs', path: folder })
  s3 = await startS3Server()
  await s3.createBucket('deleted')
  process.env.AWS_ACCESS_KEY_ID = s3.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = s3.secretAccessKey
  const { endpoint, region } = s3
  stores.S3 = await openStore({ kind: 's3', bucket: 'deleted', prefix: 'x', endpoint, region, forcePathStyle: true })
}, 120_000)
afterAll(async () => {
  delete process.env.AWS_ACCESS_KEY_ID
  delete process.env.AWS_SECRET_ACCESS_KEY
  for (const store of Object.values(stores)) await store[Symbol.asyncDispose]()
  await s3?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe.each(['a folder', 'S3'])('in %s', (name) => {
  const open = (given: Parameters<typeof openDeletions>[1] = {}) =>
    openDeletions({ database, store: stores[name] as SegmentStore }, given)

  test('a deleted recording is not found at once, and then nothing of it is left but its highlights', async () => {
    using opened = await open()
    const { id, run, names, deletions, repository } = opened
    const clip = await opened.trigger()
    await opened.cut(clip)
    await createRoomHistory(database).append(id, [{ v: 1, type: 'chat.message', at: 1, id: 'm', text: 'hello' }])
    await deletions.delete(id, 'keep')
    await expect(repository.find(id)).rejects.toMatchObject({ code: 'recording.not-found' })
    await expect(deletions.delete(id, 'keep')).rejects.toMatchObject({ code: 'recording.not-found' })
    expect((await repository.list({ limit: 100 })).map((one) => one.id)).not.toContain(id)
    expect(opened.queued).toEqual([id])
    expect(await run()).toBe(true)
    expect(await names()).toEqual([...filesOf(clip), FENCE])
    expect(await createDeletionLog(database).find(id)).toBeUndefined()
    expect(await createRoomHistory(database).since(id, 0)).toEqual([])
    const events = await createEventLog(database).after(0, { recordingId: id, limit: 10 })
    expect(events.map(({ type }) => type)).toEqual(['recording.deleted'])
    expect(await run()).toBe(true)
  })

  test('a recorder that comes back later writes nothing that all takes share', async () => {
    using opened = await open()
    await opened.deletions.delete(opened.id, 'keep')
    expect(await opened.run()).toBe(true)
    const late = fenceStore(stores[name] as SegmentStore, { recordingId: opened.id, take: 1 })
    const written = late.put(`${opened.id}/recording.json`, new Uint8Array(1))
    await expect(written).rejects.toMatchObject({ code: 'take.superseded' })
    expect(await opened.names()).toEqual([FENCE])
  })

  test('highlights and recaps go too when that is asked for, and what is made of them meanwhile', async () => {
    using opened = await open()
    const [clip, late] = [await opened.trigger(), await opened.trigger()]
    await opened.cut(clip)
    const [film, lateFilm] = [
      await opened.highlights.recap(opened.id, {}),
      await opened.highlights.recap(opened.id, {}),
    ]
    expect(await opened.render(film.id)).toBe(true)
    const ids = { recordingId: opened.id, recapId: lateFilm.id }
    expect(await opened.recapJobs.begin(ids, SURROUNDINGS)).toBeDefined()
    await opened.deletions.delete(opened.id, 'delete')
    expect(await opened.run()).toBe(true)
    expect(await opened.names()).toEqual([FENCE])
    await opened.put(`outputs/${lateFilm.id}.mp4`)
    await opened.recapJobs.finish(ids, { durationSec: 4, bytes: 1 })
    await opened.put(`highlights/${late}/clip.mp4`)
    expect(await opened.clipJobs.begin({ recordingId: opened.id, highlightId: late }, SURROUNDINGS)).toBeUndefined()
    await opened.put(`outputs/${film.id}.mp4`)
    expect(await opened.render(film.id)).toBe(false)
    expect(await opened.names()).toEqual([FENCE])
    await expect(opened.highlights.getRecap(film.id)).rejects.toMatchObject({ code: 'recap.not-found' })
    expect(await opened.recaps.list(opened.id)).toEqual([])
  })

  test('a clip that is being cut is cut, and its segments go when it has its file', async () => {
    using opened = await open()
    const clip = await opened.trigger()
    await opened.deletions.delete(opened.id, 'keep')
    expect(await opened.run()).toBe(false)
    const media = [3, 4, 5, 6].map((number) => `takes/1/${number}.ts`)
    expect(await opened.names()).toEqual([`highlights/${clip}/clip.m3u8`, 'recording.json', ...media, FENCE])
    await opened.cut(clip)
    expect(await opened.highlights.get(clip)).toMatchObject({ state: 'ready' })
    expect(await opened.run()).toBe(true)
    expect(await opened.names()).toEqual([...filesOf(clip), FENCE])
  })

  test('a clip that is not cut within an hour never will be', async () => {
    using opened = await open()
    const clip = await opened.trigger()
    await opened.deletions.delete(opened.id, 'keep')
    opened.time.now += 2 * HOUR_MS
    expect(await opened.run()).toBe(true)
    expect(await opened.names()).toEqual([FENCE])
    await expect(opened.cut(clip)).rejects.toMatchObject({ code: 'recording.not-found' })
  })

  test('a highlight that waits when its recording is deleted gets its clip', async () => {
    using opened = await open({ state: 'recording' })
    const at = new Date(opened.time.now).toISOString()
    const { id: clip } = await opened.highlights.trigger(opened.id, { at, preSec: 4, postSec: 30 })
    await opened.end()
    await opened.deletions.delete(opened.id, 'keep')
    const before = await opened.names()
    expect(await opened.run()).toBe(false)
    expect(await opened.names()).toEqual([...before, FENCE])
    opened.time.now += 61_000
    expect(await opened.run()).toBe(false)
    expect(await opened.highlights.get(clip)).toMatchObject({ state: 'cutting' })
    await opened.cut(clip)
    expect(await opened.run()).toBe(true)
    expect(await opened.names()).toEqual([...filesOf(clip), FENCE])
  })

  test('a recap that is being rendered is finished and stays, and of failed ones nothing does', async () => {
    using opened = await open()
    const clip = await opened.trigger()
    await opened.cut(clip)
    const [film, failed] = [await opened.highlights.recap(opened.id, {}), await opened.highlights.recap(opened.id, {})]
    await opened.recapJobs.fail(
      { recordingId: opened.id, recapId: failed.id },
      { code: 'ffmpeg.failed', message: 'no' },
    )
    await opened.put(`outputs/${failed.id}.mp4`)
    await opened.deletions.delete(opened.id, 'keep')
    expect(await opened.run()).toBe(false)
    expect(await opened.render(film.id)).toBe(true)
    expect(await opened.run()).toBe(true)
    expect(await opened.names()).toEqual([...filesOf(clip), `outputs/${film.id}.json`, `outputs/${film.id}.mp4`, FENCE])
    expect((await opened.recaps.list(opened.id)).map(({ id }) => id)).toEqual([film.id])
    await opened.highlights.deleteRecap(film.id)
    await opened.highlights.delete(clip)
    expect(await opened.names()).toEqual([FENCE])
  })

  test('a deletion that is broken off goes on where it ended', async () => {
    using opened = await open()
    const { id, names, deletions } = opened
    await deletions.delete(id, 'keep')
    const broken = new AbortController()
    const half = deletions.run(id, { signal: broken.signal })
    await expect.poll(async () => (await names()).length, { interval: 1, timeout: 10_000 }).toBeLessThan(SEGMENTS + 4)
    broken.abort()
    await half.catch(() => undefined)
    await deletions.sweep()
    expect(opened.queued.filter((one) => one === id).length).toBeGreaterThanOrEqual(1)
    expect(await opened.run()).toBe(true)
    expect(await names()).toEqual([FENCE])
  })
})

test('what still runs cannot be deleted', async () => {
  using opened = await openDeletions({ database, store: folderStore() }, { state: 'recording' })
  await expect(opened.deletions.delete(opened.id, 'keep')).rejects.toMatchObject({ code: 'recording.wrong-state' })
  expect(await opened.names()).toHaveLength(SEGMENTS + 4)
})

test('recordings whose time is over are deleted, by their own rule or by the default', async () => {
  const given = { database, store: folderStore() }
  using own = await openDeletions(given, { spec: { retention: { maxAgeSec: 60 } } })
  using plain = await openDeletions(given)
  using running = await openDeletions(given, { spec: { retention: { maxAgeSec: 1 } }, state: 'recording' })
  const swept = async (hours: number) => {
    own.time.now += hours * HOUR_MS
    await own.deletions.sweep()
    return [own.id, plain.id, running.id].filter((id) => own.queued.includes(id))
  }
  expect(await swept(0)).toEqual([])
  expect(await swept(1)).toEqual([own.id])
  expect(await swept(100)).toEqual([own.id, plain.id])
  await running.end()
  expect(await swept(0)).toEqual([own.id, plain.id, running.id])
})

test('processes that find the same recordings at once each do all of their pass', async () => {
  const given = { database, store: folderStore() }
  using one = await openDeletions(given)
  using two = await openDeletions(given)
  for (const { time } of [one, two]) time.now += 101 * HOUR_MS
  await Promise.all([one.deletions.sweep(), two.deletions.sweep()])
  for (const { queued } of [one, two]) expect(queued).toEqual(expect.arrayContaining([one.id, two.id]))
})
