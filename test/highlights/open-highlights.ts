import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monotonicFactory } from 'ulid'
import { loadSegments } from '../../src/archive/index.ts'
import {
  createCommandLog,
  createDeletionLog,
  createEventLog,
  createHighlightRepository,
  createRecapRepository,
  createRecordingRepository,
  createShareRepository,
} from '../../src/db/index.ts'
import type { HighlightIds } from '../../src/highlights/clips/clip-jobs.ts'
import {
  ClipJobs,
  ClipSchedule,
  createHighlights,
  type HighlightsPorts,
  RecapJobs,
} from '../../src/highlights/index.ts'
import { renderIndex, type Segment } from '../../src/playlist/index.ts'
import {
  AppError,
  type ClipResult,
  type EventType,
  type RecordingSpec,
  type RecordingState,
} from '../../src/protocol/index.ts'
import { toChange } from '../../src/recording/write.ts'
import { openStore } from '../../src/store/index.ts'
import { openOnServer } from '../kit/service/prepared-databases.ts'
import { evenSegments } from '../playlist/segments.ts'
import { aRecord, SPEC } from '../recording/records.ts'

/** The first picture of `evenSegments`. */
export const START = Date.UTC(2026, 10, 21, 9)
export const at = (sec: number): string => new Date(START + sec * 1000).toISOString()
export const SURROUNDINGS = { store: { kind: 'fs', path: '/nowhere' }, logLevel: 'silent' } as const

/** The use cases over a real database and a real store, with recordings made by hand and a clock that is set. */
export async function openHighlights() {
  await using undo = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'panorec-highlights-'))
  undo.defer(() => rm(dir, { recursive: true, force: true }))
  const database = undo.use(await openOnServer())
  const store = undo.use(await openStore({ kind: 'fs', path: dir }))
  const recordings = createRecordingRepository(database)
  const commands = createCommandLog(database)
  const newUlid = monotonicFactory()
  const time = { now: START }
  const queued: string[] = []
  const woken: string[] = []
  const seen: string[] = []
  const broken = { queue: false, store: false }
  const loads: (number | undefined)[] = []
  const ports: HighlightsPorts = {
    recordings,
    highlights: createHighlightRepository(database),
    shares: createShareRepository(database),
    recaps: createRecapRepository(database),
    index: {
      async load(id, options) {
        loads.push(options?.sinceMs)
        if (broken.store) throw new AppError('store.unavailable', 'the store is away')
        return await loadSegments(store, id, options)
      },
    },
    store,
    commands,
    clipQueue: {
      async enqueueClip({ highlightId }) {
        if (broken.queue) throw new Error('the queue is away')
        queued.push(highlightId)
      },
      async enqueueRecap({ recapId }) {
        queued.push(recapId)
      },
    },
    webhookQueue: { enqueue: async (id, webhook) => void woken.push(`${id}/${webhook}`) },
    observer: {
      playable: ({ id }, afterMs) => seen.push(`${id} playable ${afterMs}`),
      ready: ({ id }, afterMs) => seen.push(`${id} ready ${afterMs}`),
      failed: ({ id, error }) => seen.push(`${id} failed ${error?.code}`),
      recap: ({ id, state }) => seen.push(`${id} ${state}`),
      trouble: (error, what) => seen.push(`${what}: ${error.message}`),
    },
    clock: () => new Date(time.now),
    newUlid,
    newTraceId: () => 'f'.repeat(32),
    shareSecret: 'the secret of shares',
    publicUrl: 'https://rec.test',
  }
  const schedule = undo.use(new ClipSchedule(ports))
  const clipJobs = new ClipJobs(ports)
  const resources = undo.move()

  return {
    ports,
    highlights: createHighlights(ports),
    schedule,
    clipJobs,
    recapJobs: new RecapJobs(ports),
    commands,
    database,
    store,
    /** From when on the index was read, each time; undefined: all of it. */
    loads,
    time,
    queued,
    woken,
    seen,
    broken,
    /** A recording of pictures of 40 ms that began at nine and stored these segments. */
    async record(
      state: RecordingState,
      segments: readonly Segment[] = evenSegments(10),
      spec: Partial<RecordingSpec> = {},
    ): Promise<string> {
      const endedAt = state === 'completed' || state === 'failed' ? at(20) : null
      const record = aRecord({ id: `rec_${newUlid()}`, state, startedAt: at(0), endedAt, spec: { ...SPEC, ...spec } })
      await recordings.insert(toChange({ record, facts: [{ type: 'recording.state' }] }, new Date(START), null))
      await this.stores(record.id, segments, { ended: endedAt !== null })
      return record.id
    },
    /** The index names these segments from now on. */
    async stores(id: string, segments: readonly Segment[], { ended = false } = {}): Promise<void> {
      const text = renderIndex(segments, { targetDurationSec: 3, ended })
      await store.put(`${id}/index.m3u8`, new TextEncoder().encode(text))
    },
    forget: (id: string) => createDeletionLog(database).remove(id),
    async becomes(id: string, state: RecordingState, endedAt: string | null = null): Promise<void> {
      await recordings.update(id, (record) => ({ record: { ...record, state, endedAt }, events: [] }))
    },
    async events(recordingId: string): Promise<readonly EventType[]> {
      const events = await createEventLog(database).after(0, { recordingId, limit: 1000 })
      return events.map(({ type }) => type).filter((type) => !type.startsWith('recording.'))
    },
    /** The commands that wait for the recorder. */
    pending: async (recordingId: string) => (await commands.pending(recordingId, 0)).map(({ command }) => command),
    text: async (key: string): Promise<string> => await new Response((await store.get(key)).body).text(),
    /** As a clip function does: stores the clip, then says so. */
    async cut(ids: HighlightIds, result: Partial<ClipResult> = {}): Promise<void> {
      const request = await clipJobs.begin(ids, SURROUNDINGS)
      if (request === undefined) throw new Error('there is nothing to cut')
      await store.put(`${ids.recordingId}/highlights/${ids.highlightId}/clip.mp4`, new Uint8Array(10))
      const [firstMs, endMs] = [request.fromMs, request.toMs]
      const figures = { durationSec: (endMs - firstMs) / 1000, frames: 1, bytes: 10, firstMs, endMs, encodedFrames: 0 }
      await clipJobs.finish(ids, { ...figures, ...result })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type OpenHighlights = Awaited<ReturnType<typeof openHighlights>>
