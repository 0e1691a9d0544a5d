import { once } from 'node:events'
import {
  AppError,
  DEFAULT_VIDEO,
  type Event,
  type Recording,
  type RecordingSpec,
  type Signal,
  type Source,
  type SourceSpec,
} from '../../src/protocol/index.ts'
import type { EventDraft } from '../../src/recording/ports.ts'
import type { EventFeed, IdempotencyKeys, RecordingQuery, Recordings } from '../../src/recording/recordings.ts'
import type { Schedules } from '../../src/recording/schedules/schedules.ts'
import type { Deletions } from '../../src/retention/index.ts'

const CREATED_AT = '2026-11-21T09:00:00.000Z'

/** The use cases in memory: nothing records, every call is kept. */
export interface FakeRecordings extends Recordings {
  readonly all: Map<string, Recording>
  readonly queries: RecordingQuery[]
  readonly sent: Signal[]
  started: number
}

export function createFakeRecordings(): FakeRecordings {
  const all = new Map<string, Recording>()
  const get = (id: string): Recording => {
    const recording = all.get(id)
    if (recording) return recording
    throw new AppError('recording.not-found', `There is no recording ${id}`, { field: '/id', received: id })
  }
  const put = (recording: Recording): Recording => {
    all.set(recording.id, recording)
    return recording
  }
  const fake: FakeRecordings = {
    all,
    queries: [],
    sent: [],
    started: 0,
    async start(spec) {
      fake.started += 1
      return put(recordingOf(fake.started, spec))
    },
    get: async (id) => get(id),
    async list(query) {
      fake.queries.push(query)
      return { items: [...all.values()].slice(0, query.limit), nextCursor: null }
    },
    stop: async (id) => put({ ...get(id), state: 'finalizing' }),
    pause: async (id) => put({ ...get(id), state: 'paused', pausedAt: CREATED_AT }),
    resume: async (id) => put({ ...get(id), state: 'recording', pausedAt: null }),
    setLayout: async (id, layout) => put({ ...get(id), layout }),
    async addSource(id, spec) {
      const recording = get(id)
      const source = sourceOf(spec)
      put({ ...recording, sources: [...recording.sources, source] })
      return source
    },
    async updateSource(id, sourceId, patch) {
      const source = get(id).sources.find((each) => each.id === sourceId)
      if (!source) throw new AppError('source.not-found', `The recording has no source ${sourceId}`)
      return { ...source, ...patch }
    },
    async removeSource(id, sourceId) {
      const recording = get(id)
      put({ ...recording, sources: recording.sources.filter((source) => source.id !== sourceId) })
    },
    async sendSignals(id, signals) {
      get(id)
      fake.sent.push(...signals)
    },
  }
  return fake
}

/** The deletions of those recordings. */
export function createFakeDeletions({ all, get }: FakeRecordings): Pick<Deletions, 'delete'> {
  return {
    async delete(id) {
      await get(id)
      all.delete(id)
    },
  }
}

/** The id of the n-th recording that a fake starts. */
export function fakeId(n: number): string {
  return `rec_01JD0000000000000000000${String(n).padStart(3, '0')}`
}

function recordingOf(n: number, spec: RecordingSpec): Recording {
  const id = fakeId(n)
  return {
    id,
    state: 'requested',
    room: spec.room ?? null,
    createdAt: CREATED_AT,
    startedAt: null,
    endedAt: null,
    durationSec: 0,
    video: { ...DEFAULT_VIDEO, ...spec.video },
    segmentSec: spec.segmentSec ?? 2,
    maxDurationSec: spec.maxDurationSec ?? 86400,
    layout: spec.layout ?? { name: 'grid' },
    sources: (spec.sources ?? []).map(sourceOf),
    takes: [],
    stats: null,
    error: null,
    metadata: spec.metadata ?? {},
    traceId: '0'.repeat(32),
    links: { live: `/media/${id}/live.m3u8`, index: `/media/${id}/index.m3u8` },
  }
}

function sourceOf(spec: SourceSpec): Source {
  const { id, type, url } = spec
  const { label = id, role = 'participant', muted = false } = spec
  return { id, type, url, label, role, muted, state: 'connecting', since: CREATED_AT, error: null }
}

/** An event feed in memory; `emit` gives the next id. */
export function createFakeEvents(): EventFeed & {
  emit(recording: Recording): Event
  put(event: EventDraft): Event
  readonly subscribers: () => number
} {
  const log: Event[] = []
  const bell = new EventTarget()
  let subscribers = 0
  const put = (draft: EventDraft): Event => {
    const event = { id: log.length + 1, ...draft } as Event
    log.push(event)
    bell.dispatchEvent(new globalThis.Event('ring'))
    return event
  }
  return {
    subscribers: () => subscribers,
    emit: (recording) => put({ at: CREATED_AT, recordingId: recording.id, type: 'recording.state', recording }),
    put,
    lastId: async () => log.length,
    async *subscribe({ afterId, recordingId, types, signal }) {
      let next = afterId ?? log.length
      subscribers += 1
      try {
        while (!signal.aborted) {
          const event = log[next]
          if (!event) {
            await once(bell, 'ring', { signal })
            continue
          }
          next += 1
          if (recordingId !== undefined && event.recordingId !== recordingId) continue
          if (types === undefined || types.includes(event.type)) yield event
        }
      } finally {
        subscribers -= 1
      }
    },
  }
}

export function createFakeIdempotencyKeys(): IdempotencyKeys {
  const keys = new Map<string, { fingerprint: string; answer?: { status: number; body: unknown } }>()
  return {
    async claim(key, fingerprint) {
      const known = keys.get(key)
      if (!known) {
        keys.set(key, { fingerprint })
        return { kind: 'first' }
      }
      if (known.fingerprint !== fingerprint)
        throw new AppError('idempotency.conflict', 'The key was used for another request')
      if (!known.answer)
        throw new AppError('idempotency.in-progress', 'The first request with this key is still running')
      return { kind: 'replay', ...known.answer }
    },
    async complete(key, status, body) {
      const known = keys.get(key)
      if (known) known.answer = { status, body: structuredClone(body) }
    },
    async release(key) {
      keys.delete(key)
    },
  }
}

/** Schedules that are not there. */
export function createFakeSchedules(): Schedules {
  return {
    create: () => Promise.reject(new AppError('internal', 'The fake makes no schedule')),
    list: async () => ({ items: [] }),
    delete: (id) => Promise.reject(new AppError('schedule.not-found', `There is no schedule ${id}`, { received: id })),
  }
}
