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
import { createEventFeed } from '../../src/recording/index.ts'
import type { EventDraft, EventLog } from '../../src/recording/ports.ts'
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

/** A log of events in memory; `emit` and `put` give the next id. The feed over it is the real one. */
export function createFakeEvents(): EventFeed & {
  emit(recording: Recording): Event
  put(event: EventDraft): Event
  readonly subscribers: () => number
} {
  const events: Event[] = []
  const watchers = new Set<() => void>()
  const log: EventLog = {
    lastId: async () => events.length,
    async after(id, { recordingId, types, limit }) {
      const isWanted = (event: Event) =>
        (recordingId === undefined || event.recordingId === recordingId) &&
        (types === undefined || types.includes(event.type))
      return events.slice(id).filter(isWanted).slice(0, limit)
    },
    watch(onEvent) {
      const watcher = () => onEvent()
      watchers.add(watcher)
      return { [Symbol.dispose]: () => void watchers.delete(watcher) }
    },
  }
  const put = (draft: EventDraft): Event => {
    const event = { id: events.length + 1, ...draft } as Event
    events.push(event)
    for (const onEvent of watchers) onEvent()
    return event
  }
  return {
    ...createEventFeed(log),
    subscribers: () => watchers.size,
    emit: (recording) => put({ at: CREATED_AT, recordingId: recording.id, type: 'recording.state', recording }),
    put,
  }
}

const DAY_MS = 24 * 3600 * 1000
const ABANDONED_MS = 60_000

interface Claimed {
  readonly fingerprint: string
  readonly atMs: number
  readonly answer?: { readonly status: number; readonly body: unknown }
}

/** Idempotency keys in memory. */
export function createFakeIdempotencyKeys(clock: () => Date): IdempotencyKeys {
  const keys = new Map<string, Claimed>()
  return {
    async claim(key, fingerprint) {
      const atMs = clock().getTime()
      const known = keys.get(key)
      const isFree = !known || atMs - known.atMs > DAY_MS
      if (!isFree && known.fingerprint !== fingerprint)
        throw new AppError('idempotency.conflict', 'The key was used for another request')
      if (!isFree && known.answer) return { kind: 'replay', ...known.answer }
      if (!isFree && atMs - known.atMs <= ABANDONED_MS)
        throw new AppError('idempotency.in-progress', 'The first request with this key is still running')
      keys.set(key, { fingerprint, atMs })
      return { kind: 'first' }
    },
    async complete(key, status, body) {
      const known = keys.get(key)
      if (known) keys.set(key, { ...known, answer: { status, body: structuredClone(body) } })
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
