import { dequal } from 'dequal'
import {
  AppError,
  type Event,
  type Recording,
  type RecordingSpec,
  type Signal,
  type Source,
  type SourceSpec,
  videoSettings,
} from '../../src/protocol/index.ts'
import { createEventFeed, cursorAfter, parseCursor } from '../../src/recording/index.ts'
import type { EventDraft, EventLog } from '../../src/recording/ports.ts'
import type { EventFeed, IdempotencyKeys, Once, RecordingQuery, Recordings } from '../../src/recording/recordings.ts'
import type { Schedules } from '../../src/recording/schedules/schedules.ts'
import type { Deletions } from '../../src/retention/index.ts'

const CREATED_AT = '2026-11-21T09:00:00.000Z'

/** The use cases in memory: nothing records, every query and every signal is kept. */
interface FakeRecordings extends Recordings {
  readonly all: Map<string, Recording>
  readonly queries: RecordingQuery[]
  readonly sent: Signal[]
  /** What each start was to be deduplicated by. */
  readonly onces: (Once | undefined)[]
  started: number
  /** As its recorder would: it records, or it has ended. */
  become(id: string, state: 'recording' | 'completed'): Recording
}

export function createFakeRecordings(): FakeRecordings {
  const all = new Map<string, Recording>()
  const started = new Map<string, string>()
  const get = (id: string): Recording => {
    const recording = all.get(id)
    if (recording) return recording
    throw new AppError('recording.not-found', `There is no recording ${id}`, { field: '/id', received: id })
  }
  const put = (recording: Recording): Recording => {
    all.set(recording.id, recording)
    return recording
  }
  const change = (id: string, part: (recording: Recording) => Partial<Recording>): Recording => {
    const recording = getOpen(get(id))
    return put({ ...recording, ...part(recording) })
  }
  const fake: FakeRecordings = {
    all,
    queries: [],
    sent: [],
    onces: [],
    started: 0,
    become: (id, state) => put({ ...get(id), state, endedAt: state === 'completed' ? CREATED_AT : null }),
    async start(spec, once) {
      fake.onces.push(once)
      const known = once && all.get(started.get(once.ulid) ?? '')
      if (known !== undefined) return known
      fake.started += 1
      if (once !== undefined) started.set(once.ulid, fakeId(fake.started))
      return put(recordingOf(fake.started, spec))
    },
    get: async (id) => get(id),
    async list(query) {
      fake.queries.push(query)
      return pageOf([...all.values()].filter(matches(query)), query, 'rec')
    },
    async stop(id) {
      const recording = get(id)
      if (isEnded(recording) || recording.state === 'finalizing') return recording
      if (recording.state === 'requested') return put({ ...recording, state: 'completed', endedAt: CREATED_AT })
      return put({ ...recording, state: 'finalizing' })
    },
    pause: async (id) =>
      change(id, ({ state }) => ({ pausedAt: CREATED_AT, state: state === 'recording' ? 'paused' : state })),
    resume: async (id) =>
      change(id, ({ state }) => ({ pausedAt: null, state: state === 'paused' ? 'recording' : state })),
    setLayout: async (id, layout) => change(id, () => ({ layout })),
    async addSource(id, spec, once) {
      const source = sourceOf(spec)
      const known = getOpen(get(id)).sources.find((each) => each.id === source.id)
      if (once !== undefined && known !== undefined && dequal(known, source)) return known
      change(id, ({ sources }) => {
        if (!sources.some((each) => each.id === source.id)) return { sources: [...sources, source] }
        throw new AppError('source.duplicate', `The recording has a source ${spec.id}`, { field: '/id' })
      })
      return source
    },
    async updateSource(id, sourceId, patch) {
      const source = { ...sourceIn(get(id), sourceId), ...patch }
      change(id, ({ sources }) => ({ sources: sources.map((each) => (each.id === sourceId ? source : each)) }))
      return source
    },
    async removeSource(id, sourceId) {
      sourceIn(get(id), sourceId)
      change(id, ({ sources }) => ({ sources: sources.filter((each) => each.id !== sourceId) }))
    },
    async sendSignals(id, signals) {
      getOpen(get(id))
      fake.sent.push(...signals)
    },
  }
  return fake
}

/** The deletions of those recordings. */
export function createFakeDeletions({ all, get }: FakeRecordings): Pick<Deletions, 'delete'> {
  return {
    async delete(id) {
      const recording = await get(id)
      if (!isEnded(recording)) throw wrongState(recording)
      all.delete(id)
    },
  }
}

/** A page of a list, newest first: ids grow with time. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  prefix: 'rec' | 'hl' | 'shr' | 'rcp',
): { items: T[]; nextCursor: string | null } {
  const beforeId = cursor === undefined ? undefined : parseCursor(cursor, prefix)
  const newestFirst = items.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const rest = newestFirst.filter(({ id }) => beforeId === undefined || id < beforeId)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page, nextCursor: last && rest.length > limit ? cursorAfter(last.id) : null }
}

function matches({ states, room, metadata = {} }: RecordingQuery): (recording: Recording) => boolean {
  return (recording) =>
    (states === undefined || states.includes(recording.state)) &&
    (room === undefined || recording.room === room) &&
    Object.entries(metadata).every(([key, value]) => recording.metadata[key] === value)
}

function isEnded({ state }: Recording): boolean {
  return state === 'completed' || state === 'failed'
}

function getOpen(recording: Recording): Recording {
  if (isEnded(recording)) throw wrongState(recording)
  return recording
}

function wrongState({ id, state }: Recording): AppError {
  return new AppError('recording.wrong-state', `The recording ${id} is ${state}`, { details: { state } })
}

function sourceIn({ sources }: Recording, sourceId: string): Source {
  const source = sources.find(({ id }) => id === sourceId)
  if (source) return source
  throw new AppError('source.not-found', `The recording has no source ${sourceId}`, { received: sourceId })
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
    video: videoSettings(spec.video),
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
  readonly since: Date
  /** Undefined once it was released. */
  readonly atMs: number | undefined
  readonly answer?: { readonly status: number; readonly body: unknown }
}

/** Idempotency keys in memory. `fail` makes what follows a claim throw until it is taken away. */
export function createFakeIdempotencyKeys(clock: () => Date): IdempotencyKeys & { fail: Error | undefined } {
  const keys = new Map<string, Claimed>()
  const nameOf = ({ caller, key }: { readonly caller: string; readonly key: string }) => `${caller}/${key}`
  return {
    fail: undefined,
    async claim(call, fingerprint) {
      const now = clock()
      const known = keys.get(nameOf(call))
      const isKnown = known !== undefined && now.getTime() - known.since.getTime() <= DAY_MS
      const isSame = isKnown && known.fingerprint === fingerprint
      if (isKnown && (known.answer !== undefined || known.atMs !== undefined)) {
        if (!isSame) throw new AppError('idempotency.conflict', 'The key was used for another request')
        if (known.answer) return { kind: 'replay', ...known.answer }
        if (now.getTime() - (known.atMs ?? 0) <= ABANDONED_MS)
          throw new AppError('idempotency.in-progress', 'The first request with this key is still running')
      }
      const since = isSame ? known.since : now
      keys.set(nameOf(call), { fingerprint, since, atMs: now.getTime() })
      return { kind: 'first', since }
    },
    async complete(call, status, body) {
      if (this.fail) throw this.fail
      const known = keys.get(nameOf(call))
      if (known) keys.set(nameOf(call), { ...known, answer: { status, body: structuredClone(body) } })
    },
    async release(call) {
      if (this.fail) throw this.fail
      const known = keys.get(nameOf(call))
      if (known) keys.set(nameOf(call), { ...known, atMs: undefined })
    },
  }
}

/** Schedules that are not there. */
export function createFakeSchedules(): Schedules {
  return {
    create: () => Promise.reject(new AppError('internal', 'The fake makes no schedule')),
    list: async () => ({ items: [], nextCursor: null }),
    delete: (id) => Promise.reject(new AppError('schedule.not-found', `There is no schedule ${id}`, { received: id })),
  }
}
