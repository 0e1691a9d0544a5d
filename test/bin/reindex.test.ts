import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reindex } from '../../src/bin/reindex.ts'
import {
  createHighlightRepository,
  createHighlightRestorer,
  createRecordingRepository,
  createRecordingRestorer,
  openDatabase,
} from '../../src/db/index.ts'
import type { HighlightRecord } from '../../src/highlights/index.ts'
import { type Manifest, storeManifest } from '../../src/recorder/manifest.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { aboutTake } from '../recorder/uploads.ts'
import { makeFaulty } from '../store/faulty-store.ts'

const ENDED = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ1'
const LOST = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ2'
const RUNNING = 'rec_01HZZZZZZZZZZZZZZZZZZZZZZ3'
const HOUR_MS = 3_600_000

test('restores every row from the store alone, keeps those that are there, and is idempotent', async () => {
  const path = await mkdtemp(join(tmpdir(), 'panorec-reindex-'))
  const store = await openStore({ kind: 'fs', path })
  await using database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, (error) => {
    throw error
  })
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
  const restorers = { recordings: createRecordingRestorer(database), highlights: createHighlightRestorer(database) }
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
  await using database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, (error) => {
    throw error
  })
  const restorers = { recordings: createRecordingRestorer(database), highlights: createHighlightRestorer(database) }
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
