import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fenceStore, sealDeleted } from '../../src/archive/fence.ts'
import { loadSegments } from '../../src/archive/index.ts'
import { buildManifest, type Manifest, storeManifest } from '../../src/archive/manifest.ts'
import {
  createDeletionLog,
  createHighlightRepository,
  createHighlightRestorer,
  createRecapRepository,
  createRecapRestorer,
  createRecordingRepository,
  createRecordingRestorer,
  type Database,
} from '../../src/db/index.ts'
import type { HighlightRecord, RecapRecord } from '../../src/highlights/index.ts'
import { renderIndex } from '../../src/playlist/index.ts'
import { buildRecorderRequest } from '../../src/recording/index.ts'
import { NOTHING_STORED } from '../../src/recording/record.ts'
import { reindex } from '../../src/recovery/reindex.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { openOnServer } from '../kit/service/prepared-databases.ts'
import { evenSegments } from '../playlist/segments.ts'
import { aboutTake } from '../recorder/segments/uploads.ts'
import { aRecord, SPEC } from '../recording/records.ts'
import { makeFaulty } from '../store/faulty-store.ts'

const ENDED = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ1'
const LOST = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ2'
const RUNNING = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ3'
const HOUR_MS = 3_600_000
const SURROUNDINGS = {
  store: { kind: 'fs', path: '/nowhere' },
  spoolDir: '/nowhere',
  maxTakeSec: null,
  allowPrivateHosts: [],
  logLevel: 'silent',
} as const

test('restores every row from the store alone, keeps those that are there, and is idempotent', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  const store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const { manifest } = aboutTake(1)
  const [take] = manifest.takes
  if (take === undefined) throw new Error('no take')
  const endedAt = '2026-11-21T10:00:00.000Z'
  const ended: Manifest = {
    ...manifest,
    id: ENDED,
    state: 'completed',
    endedAt,
    durationSec: 42,
    takes: [{ ...take, endedAt, durationSec: 42, segments: 21 }],
  }
  await storeManifest(store, ended)
  await storeManifest(store, { ...manifest, id: LOST })
  await store.put(`${LOST}/takes/1/0.ts`, new Uint8Array(188))
  await store.put('rec_broken/recording.json', new TextEncoder().encode('{'))
  const restorers = restorersOf(database)
  const repository = createRecordingRepository(database)
  const lines: string[] = []
  const options = { dryRun: false, log: (line: string) => lines.push(line), nowMs: Date.now() + HOUR_MS }

  expect(await reindex(store, restorers, { ...options, dryRun: true })).toMatchObject({
    restored: 2,
    kept: 0,
    running: 0,
    unreadable: 1,
  })
  await expect(repository.find(ENDED)).rejects.toMatchObject({ code: 'recording.not-found' })
  expect(await reindex(store, restorers, options)).toMatchObject({ restored: 2, kept: 0, running: 0, unreadable: 1 })
  expect(await repository.find(ENDED)).toMatchObject({
    state: 'completed',
    error: null,
    endedAt,
    layout: { name: 'grid' },
    takes: [{ number: 1, durationSec: 42, segments: 21 }],
    spec: { segmentSec: 2, maxDurationSec: 600 },
  })
  expect(await repository.find(LOST)).toMatchObject({ state: 'failed', error: { code: 'recorder.lost' } })
  expect(lines).toContain(`${ENDED}: restored`)

  const changed = await repository.find(ENDED)
  await storeManifest(store, { ...ended, durationSec: 1, state: 'failed' })
  expect(await reindex(store, restorers, options)).toMatchObject({ restored: 0, kept: 2, running: 0, unreadable: 1 })
  expect(await repository.find(ENDED)).toEqual(changed)

  await storeManifest(store, { ...manifest, id: RUNNING })
  await store.put(`${RUNNING}/live.m3u8`, new TextEncoder().encode('#EXTM3U'))
  expect(await reindex(store, restorers, { ...options, nowMs: Date.now() })).toMatchObject({ running: 1, kept: 2 })
  await rm(path, { recursive: true })
})

test('restores clips beside their recording, also when that was deleted, and reads nothing that it knows', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  await using store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const restorers = restorersOf(database)
  const repository = createHighlightRepository(database)
  const options = { dryRun: false, log: () => undefined, nowMs: Date.now() + HOUR_MS }
  const put = (record: HighlightRecord) =>
    store.put(
      `${record.recordingId}/highlights/${record.id}/highlight.json`,
      new TextEncoder().encode(JSON.stringify({ version: 1, ...record })),
    )
  const { manifest } = aboutTake(1)
  await storeManifest(store, { ...manifest, id: ENDED, state: 'completed', endedAt: '2026-11-21T10:00:00.000Z' })
  const clip = clipOf(ENDED, 'hl_01HZZZZZZZZZZZZZZZZZZZZZZ1')
  const kept = clipOf(LOST, 'hl_01HZZZZZZZZZZZZZZZZZZZZZZ2')
  for (const record of [clip, kept]) await put(record)
  await put({ ...clipOf(ENDED, 'hl_01HZZZZZZZZZZZZZZZZZZZZZZ3'), state: 'waiting' })
  await store.put(`${ENDED}/highlights/hl_01HZZZZZZZZZZZZZZZZZZZZZZ4/clip.m3u8`, new Uint8Array(1))

  const found = { restored: 1, highlights: { restored: 2, kept: 0, unreadable: 2 } }
  expect(await reindex(store, restorers, { ...options, dryRun: true })).toMatchObject(found)
  expect(await repository.find(clip.id)).toBeUndefined()
  expect(await reindex(store, restorers, options)).toMatchObject(found)
  expect(await repository.find(clip.id)).toEqual(clip)
  expect(await repository.find(kept.id)).toEqual(kept)

  await put({ ...clip, label: 'another' })
  const reads: string[] = []
  const watched: SegmentStore = {
    ...makeFaulty(store),
    get: (key, given) => {
      reads.push(key)
      return store.get(key, given)
    },
  }
  expect(await reindex(watched, restorers, options)).toMatchObject({
    restored: 0,
    kept: 1,
    highlights: { restored: 0, kept: 2, unreadable: 2 },
  })
  expect(reads.filter((key) => !/ZZ[34]\/highlight.json$/.test(key))).toEqual([`${LOST}/recording.json`])
  expect((await repository.find(clip.id))?.label).toBe(clip.label)
  await rm(path, { recursive: true })
})

test('closes what was never closed: its playlists end, and no recorder goes on', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  await using store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const segments = evenSegments(3)
  const { manifest } = aboutTake(1)
  await storeManifest(store, { ...manifest, id: LOST })
  const put = (name: string, text: string) => store.put(`${LOST}/${name}`, new TextEncoder().encode(text))
  for (const { uri } of segments) await put(uri, uri)
  await put('index.m3u8', renderIndex(segments, { targetDurationSec: 3, ended: false }))
  await put('live.m3u8', renderIndex(segments, { targetDurationSec: 3, ended: false }))
  const options = { dryRun: false, log: () => undefined, nowMs: Date.now() + HOUR_MS }
  expect(await reindex(store, restorersOf(database), { ...options, dryRun: true })).toMatchObject({ restored: 1 })
  expect((await loadSegments(store, LOST))?.ended).toBe(false)
  expect(await reindex(store, restorersOf(database), options)).toMatchObject({ restored: 1, running: 0 })
  for (const name of ['index', 'live']) {
    const { body } = await store.get(`${LOST}/${name}.m3u8`)
    expect(await new Response(body).text()).toContain('#EXT-X-ENDLIST')
  }
  expect(await createRecordingRepository(database).find(LOST)).toMatchObject({
    state: 'failed',
    error: { code: 'recorder.lost' },
    takes: [{ number: 1, durationSec: 6, segments: 3 }],
  })
  const late = fenceStore(store, { recordingId: LOST, take: 1 })
  await expect(late.put(`${LOST}/live.m3u8`, new Uint8Array(1))).rejects.toMatchObject({ code: 'take.superseded' })
  await rm(path, { recursive: true })
})

test('a recording that has its time still has it, by the manifest that its recorder wrote', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  await using store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const retention = { maxAgeSec: 60, rollingSec: 600 }
  const record = aRecord({ id: ENDED, spec: { ...SPEC, retention } })
  const request = buildRecorderRequest(record, 1, null, SURROUNDINGS)
  const endedAt = '2026-11-21T10:00:00.000Z'
  const progress = { state: 'completed', startedAt: endedAt, endedAt, error: null } as const
  await storeManifest(store, buildManifest(request, undefined, progress, NOTHING_STORED))
  await reindex(store, restorersOf(database), { dryRun: false, log: () => undefined, nowMs: Date.parse(endedAt) })
  expect((await createRecordingRepository(database).find(ENDED)).spec.retention).toEqual(retention)
  const expired = await createDeletionLog(database).expired(new Date(Date.parse(endedAt) + 61_000), null)
  expect(expired).toEqual([ENDED])
  await rm(path, { recursive: true })
})

test('what is there of a deleted recording is not restored: its deletion goes on', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  await using store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const { manifest } = aboutTake(1)
  const deletion = { at: '2026-11-21T10:00:00.000Z', highlights: 'delete' } as const
  await sealDeleted(store, ENDED, deletion)
  await sealDeleted(store, LOST, deletion)
  await storeManifest(store, { ...manifest, id: LOST })
  await store.put(`${LOST}/live.m3u8`, new Uint8Array(1))
  const options = { dryRun: false, log: () => undefined, nowMs: Date.now() }
  const found = { deleted: 1, restored: 0, running: 0 }
  expect(await reindex(store, restorersOf(database), { ...options, dryRun: true })).toMatchObject(found)
  expect(await createDeletionLog(database).marked()).toEqual([])
  expect(await reindex(store, restorersOf(database), options)).toMatchObject(found)
  await expect(createRecordingRepository(database).find(LOST)).rejects.toMatchObject({ code: 'recording.not-found' })
  expect(await createDeletionLog(database).marked()).toEqual([LOST])
  expect(await createDeletionLog(database).find(LOST)).toEqual({ id: LOST, deletion })
  await rm(path, { recursive: true })
})

test('restores recaps by their films, with what lies beside them', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  await using store = await openStore({ kind: 'fs', path })
  await using database = await openOnServer()
  const { manifest } = aboutTake(1)
  await storeManifest(store, { ...manifest, id: ENDED, state: 'completed', endedAt: '2026-11-21T10:00:00.000Z' })
  const put = (name: string, body: unknown) =>
    store.put(`${ENDED}/outputs/${name}`, new TextEncoder().encode(JSON.stringify(body)))
  const [whole, alone, foreign] = [1, 2, 3].map((n) => recapOf(`rcp_01HZZZZZZZZZZZZZZZZZZZZZZ${n}`))
  await put(`${whole?.id}.json`, { version: 1, ...whole })
  await put(`${foreign?.id}.json`, { version: 1, ...foreign, recordingId: LOST })
  for (const recap of [whole, alone, foreign]) await put(`${recap?.id}.mp4`, 'film')
  await put('rcp_01HZZZZZZZZZZZZZZZZZZZZZZ4.json', { version: 1, ...recapOf('rcp_01HZZZZZZZZZZZZZZZZZZZZZZ4') })
  const options = { dryRun: false, log: () => undefined, nowMs: Date.now() + HOUR_MS }

  const found = { recaps: { restored: 1, kept: 0, unreadable: 2 } }
  expect(await reindex(store, restorersOf(database), { ...options, dryRun: true })).toMatchObject(found)
  expect(await createRecapRepository(database).list(ENDED)).toEqual([])
  expect(await reindex(store, restorersOf(database), options)).toMatchObject(found)
  expect(await createRecapRepository(database).list(ENDED)).toEqual([whole])
  const again = await reindex(store, restorersOf(database), options)
  expect(again).toMatchObject({ recaps: { restored: 0, kept: 1, unreadable: 2 } })
  await rm(path, { recursive: true })
})

function restorersOf(database: Database) {
  return {
    recordings: createRecordingRestorer(database),
    highlights: createHighlightRestorer(database),
    recaps: createRecapRestorer(database),
  }
}

function recapOf(id: string): RecapRecord {
  return {
    id,
    recordingId: ENDED,
    state: 'ready',
    title: 'The best of it',
    highlights: ['hl_01HZZZZZZZZZZZZZZZZZZZZZZ1'],
    omitted: [],
    titles: true,
    crossfadeSec: 0.5,
    durationSec: 30,
    bytes: 1000,
    createdAt: '2026-11-21T09:20:00.000Z',
    readyAt: '2026-11-21T09:20:09.000Z',
    error: null,
    traceId: 'trace',
  }
}

function clipOf(recordingId: string, id: string): HighlightRecord {
  return {
    id,
    recordingId,
    room: 'class-42',
    state: 'ready',
    at: '2026-11-21T09:10:00.000Z',
    preSec: 20,
    postSec: 10,
    label: 'Great answer',
    by: 'Ms Li',
    metadata: { course: 'math-1' },
    trigger: 'api',
    rule: null,
    originKey: null,
    from: '2026-11-21T09:09:40.000Z',
    to: '2026-11-21T09:10:10.000Z',
    clamped: null,
    gaps: [],
    segments: [{ uri: 'takes/1/0.ts', take: 1, startMs: 0, durationSec: 2, discontinuity: false }],
    durationSec: 30,
    bytes: 1000,
    favourite: true,
    createdAt: '2026-11-21T09:10:00.000Z',
    playableAt: '2026-11-21T09:10:11.000Z',
    readyAt: '2026-11-21T09:10:12.000Z',
    error: null,
    traceId: 'trace',
  }
}
