import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createDeletionLog,
  createEventLog,
  createRecordingRepository,
  createRoomHistory,
  type Database,
  openDatabase,
} from '../../src/db/index.ts'
import type { RecordingSpec } from '../../src/protocol/index.ts'
import { buildRecord, createDeletions, createWriter } from '../../src/recording/index.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { type S3Server, startS3Server } from '../kit/s3.ts'

const signal = AbortSignal.timeout(120_000)
const HOUR_MS = 3600 * 1000
const SEGMENTS = 30

let database: Database
let s3: S3Server
let folder: string
const stores: Record<string, SegmentStore> = {}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-deletions-'))
  database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, () => {})
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

/** Deletions over a real database and a real store, with a recording that has ended. */
async function setUp(store: SegmentStore, spec: RecordingSpec = {}, state: 'completed' | 'recording' = 'completed') {
  let now = new Date()
  const clock = () => now
  const repository = createRecordingRepository(database)
  const writer = createWriter({ repository, webhookQueue: { enqueue: async () => {} }, clock, publicUrl: null })
  const queued: string[] = []
  const deletions = createDeletions({
    log: createDeletionLog(database),
    writer,
    queue: { enqueue: async (id) => void queued.push(id) },
    store,
    clock,
    defaultAgeSec: 100 * 3600,
  })
  const id = `rec_${ulid()}`
  const record = buildRecord(spec, { id, traceId: 'trace', now })
  const endedAt = state === 'completed' ? now.toISOString() : null
  await writer.insert({ record: { ...record, state, endedAt }, facts: [{ type: 'recording.state' }] })
  const put = (name: string, text = name) => store.put(`${id}/${name}`, Buffer.from(text))
  for (const name of ['index.m3u8', 'live.m3u8', 'recording.json', 'signals.jsonl']) await put(name)
  await Promise.all(Array.from({ length: SEGMENTS }, (_, n) => put(`takes/1/${n}.ts`)))
  const names = async () => {
    const found: string[] = []
    for await (const { key } of store.list(`${id}/`)) found.push(key.slice(id.length + 1))
    return found
  }
  const later = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  return { id, put, names, later, queued, deletions, repository, run: () => deletions.run(id, { signal }) }
}

describe.each(['a folder', 'S3'])('in %s', (name) => {
  const store = () => stores[name] as SegmentStore

  test('a deleted recording is not found at once, and then nothing of it is left but its highlights', async () => {
    const { id, put, names, run, queued, deletions, repository } = await setUp(store())
    await put('highlights/hl_a/clip.m3u8', '#EXTM3U\n../../takes/1/3.ts\n')
    await put('highlights/hl_a/clip.mp4')
    await createRoomHistory(database).append(id, [{ v: 1, type: 'chat.message', at: 1, id: 'm', text: 'hello' }])
    await deletions.delete(id, 'keep')
    await expect(repository.find(id)).rejects.toMatchObject({ code: 'recording.not-found' })
    await expect(deletions.delete(id, 'keep')).rejects.toMatchObject({ code: 'recording.not-found' })
    expect((await repository.list({ limit: 100 })).map((one) => one.id)).not.toContain(id)
    expect(queued).toEqual([id])
    expect(await run()).toBe(true)
    expect(await names()).toEqual(['highlights/hl_a/clip.mp4'])
    expect(await createDeletionLog(database).find(id)).toBeUndefined()
    expect(await createRoomHistory(database).since(id, 0)).toEqual([])
    const events = await createEventLog(database).after(0, { recordingId: id, limit: 10 })
    expect(events.map(({ type }) => type)).toEqual(['recording.deleted'])
    expect(await run()).toBe(true)
  })

  test('highlights go too when that is asked for', async () => {
    const { id, put, names, run, deletions } = await setUp(store())
    await put('highlights/hl_a/clip.m3u8', '#EXTM3U\n../../takes/1/3.ts\n')
    await deletions.delete(id, 'delete')
    expect(await run()).toBe(true)
    expect(await names()).toEqual([])
  })

  test('a clip that is being cut keeps its segments until it has its file, or an hour is over', async () => {
    const { id, put, names, run, later, deletions } = await setUp(store())
    await put('highlights/hl_a/clip.m3u8', '#EXTM3U\n../../takes/1/3.ts\n')
    await deletions.delete(id, 'keep')
    expect(await run()).toBe(false)
    expect(await names()).toEqual(['highlights/hl_a/clip.m3u8', 'recording.json', 'takes/1/3.ts'])
    await put('highlights/hl_a/clip.mp4')
    expect(await run()).toBe(true)
    expect(await names()).toEqual(['highlights/hl_a/clip.mp4'])

    const hopeless = await setUp(store())
    await hopeless.put('highlights/hl_b/clip.m3u8', '#EXTM3U\n../../takes/1/3.ts\n')
    await hopeless.deletions.delete(hopeless.id, 'keep')
    hopeless.later(HOUR_MS * 2)
    expect(await hopeless.run()).toBe(true)
    expect(await hopeless.names()).toEqual([])
    later(0)
  })

  test('a deletion that is broken off goes on where it ended', async () => {
    const { id, names, run, queued, deletions } = await setUp(store())
    await deletions.delete(id, 'keep')
    const broken = new AbortController()
    const half = deletions.run(id, { signal: broken.signal })
    await expect.poll(async () => (await names()).length, { interval: 1 }).toBeLessThan(SEGMENTS + 4)
    broken.abort()
    await half.catch(() => undefined)
    await deletions.sweep()
    expect(queued.filter((one) => one === id).length).toBeGreaterThanOrEqual(1)
    expect(await run()).toBe(true)
    expect(await names()).toEqual([])
  })
})

test('what still runs cannot be deleted', async () => {
  const { id, deletions, names } = await setUp(stores['a folder'] as SegmentStore, {}, 'recording')
  await expect(deletions.delete(id, 'keep')).rejects.toMatchObject({ code: 'recording.wrong-state' })
  expect(await names()).toHaveLength(SEGMENTS + 4)
})

test('recordings whose time is over are deleted, by their own rule or by the default', async () => {
  const store = stores['a folder'] as SegmentStore
  const own = await setUp(store, { retention: { maxAgeSec: 60 } })
  const plain = await setUp(store)
  const running = await setUp(store, { retention: { maxAgeSec: 1 } }, 'recording')
  const swept = async (hours: number) => {
    own.later(hours * HOUR_MS)
    await own.deletions.sweep()
    return [own.id, plain.id, running.id].filter((id) => own.queued.includes(id))
  }
  expect(await swept(0)).toEqual([])
  expect(await swept(1)).toEqual([own.id])
  expect(await swept(100)).toEqual([own.id, plain.id])
})
