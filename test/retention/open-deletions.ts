import { ulid } from 'ulid'
import { loadSegments, sealDeleted } from '../../src/archive/index.ts'
import {
  createDeletionLog,
  createHighlightRepository,
  createRecapRepository,
  createRecordingRepository,
  createShareRepository,
  type Database,
} from '../../src/db/index.ts'
import type { HighlightIds } from '../../src/highlights/clips/clip-jobs.ts'
import {
  ClipJobs,
  ClipSchedule,
  createHighlights,
  type HighlightsPorts,
  RecapJobs,
} from '../../src/highlights/index.ts'
import type { RecapIds } from '../../src/highlights/recaps/recap-jobs.ts'
import { renderIndex } from '../../src/playlist/index.ts'
import type { RecordingSpec, RecordingState } from '../../src/protocol/index.ts'
import { buildRecord, createWriter } from '../../src/recording/index.ts'
import { Deletions } from '../../src/retention/index.ts'
import type { SegmentStore } from '../../src/store/index.ts'
import { START, SURROUNDINGS } from '../highlights/open-highlights.ts'
import { evenSegments } from '../playlist/segments.ts'

export const SEGMENTS = 30

const NOTHING_HEARD = () => {}

/** Deletions and the clips of highlights over a real database and a real store, with one recording of a minute. */
export async function openDeletions(
  { database, store }: { readonly database: Database; readonly store: SegmentStore },
  { spec = {}, state = 'completed' }: { readonly spec?: RecordingSpec; readonly state?: RecordingState } = {},
) {
  const time = { now: START + SEGMENTS * 2000 }
  const clock = () => new Date(time.now)
  const repository = createRecordingRepository(database)
  const webhookQueue = { enqueue: async () => {} }
  const writer = createWriter({ repository, webhookQueue, clock, publicUrl: null })
  const ports: HighlightsPorts = {
    recordings: repository,
    highlights: createHighlightRepository(database),
    shares: createShareRepository(database),
    recaps: createRecapRepository(database),
    index: { load: (recordingId) => loadSegments(store, recordingId) },
    store,
    commands: { append: async () => {} },
    clipQueue: { enqueueClip: async () => {}, enqueueRecap: async () => {} },
    webhookQueue,
    observer: {
      playable: NOTHING_HEARD,
      ready: NOTHING_HEARD,
      failed: NOTHING_HEARD,
      recap: NOTHING_HEARD,
      trouble: (error) => {
        throw error
      },
    },
    clock,
    newUlid: ulid,
    newTraceId: () => 'f'.repeat(32),
    shareSecret: 'the secret of shares',
    publicUrl: null,
  }
  const schedule = new ClipSchedule(ports)
  const clipJobs = new ClipJobs(ports)
  const recapJobs = new RecapJobs(ports)
  const queued: string[] = []
  const deletions = new Deletions({
    log: createDeletionLog(database),
    writer,
    queue: { enqueue: async (id) => void queued.push(id) },
    store,
    clips: schedule.ofDeleted,
    seal: (id, deletion) => sealDeleted(store, id, deletion),
    clock,
    defaultAgeSec: 100 * 3600,
  })

  const id = `rec_${ulid()}`
  const record = { ...buildRecord(spec, { id, traceId: 'trace', now: clock() }), state }
  const endedAt = state === 'completed' ? clock().toISOString() : null
  await writer.insert({ record: { ...record, endedAt }, facts: [{ type: 'recording.state' }] })
  const put = (name: string, text = name) => store.put(`${id}/${name}`, Buffer.from(text))
  const segments = evenSegments(SEGMENTS)
  await put('index.m3u8', renderIndex(segments, { targetDurationSec: 3, ended: state === 'completed' }))
  for (const name of ['live.m3u8', 'recording.json', 'signals.jsonl']) await put(name)
  await Promise.all(segments.map(({ uri }) => put(uri)))

  return {
    id,
    put,
    queued,
    deletions,
    repository,
    highlights: createHighlights(ports),
    recaps: ports.recaps,
    clipJobs,
    recapJobs,
    time,
    run: () => deletions.run(id, { signal: AbortSignal.timeout(120_000) }),
    /** Names of all that is stored of the recording. */
    async names(): Promise<readonly string[]> {
      const found: string[] = []
      for await (const { key } of store.list(`${id}/`)) found.push(key.slice(id.length + 1))
      return found
    },
    async end(): Promise<void> {
      await repository.update(id, (current) => {
        return { record: { ...current, state: 'completed', endedAt: clock().toISOString() }, events: [] }
      })
    },
    /** A highlight of the seconds from 8 to 12: segments 4 and 5. */
    async trigger(): Promise<string> {
      const at = new Date(START + 10_000).toISOString()
      return (await this.highlights.trigger(id, { at, preSec: 2, postSec: 2 })).id
    },
    /** As a clip function does: reads what the clip names, stores the clip, says so. */
    async cut(highlightId: string): Promise<void> {
      const ids: HighlightIds = { recordingId: id, highlightId }
      const request = await clipJobs.begin(ids, SURROUNDINGS)
      if (request === undefined) throw new Error('there is nothing to cut')
      for (const { uri } of request.segments) await (await store.get(`${id}/${uri}`)).body.cancel()
      await put(`highlights/${highlightId}/clip.mp4`)
      const [firstMs, endMs] = [request.fromMs, request.toMs]
      await clipJobs.finish(ids, { durationSec: 4, frames: 100, bytes: 1, firstMs, endMs, encodedFrames: 0 })
    },
    async render(recapId: string): Promise<boolean> {
      const ids: RecapIds = { recordingId: id, recapId }
      if ((await recapJobs.begin(ids, SURROUNDINGS)) === undefined) return false
      await put(`outputs/${recapId}.mp4`)
      await recapJobs.finish(ids, { durationSec: 4, bytes: 1 })
      return true
    },
    [Symbol.dispose]: () => schedule[Symbol.dispose](),
  }
}
