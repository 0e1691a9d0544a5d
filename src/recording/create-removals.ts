import { AppError } from '../protocol/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { readPins } from './create-deletions.ts'
import { isClipPlaylist } from './plan-deletion.ts'
import type { Clock, RecordingRepository } from './ports.ts'
import type { RecordingRecord } from './record.ts'
import { isFinal } from './state.ts'

/** Where a segment lies in the order of a recording. */
export interface SegmentPlace {
  readonly take: number
  readonly number: number
}

/** Whatever lies before this place had left the playlists, and from this time on no player can still ask for it. */
export interface RemovalMark extends SegmentPlace {
  readonly dueMs: number
}

/** What the stored playlists of a running or ended recording show. */
export interface StoredWindow {
  readonly first: SegmentPlace
  readonly durationSec: number
  readonly targetDurationSec: number
}

/** The next look at a recording: with these marks, after so many seconds. */
export interface NextRemoval {
  readonly marks: readonly RemovalMark[]
  readonly afterSec: number
}

export interface RemovalsPorts {
  readonly repository: Pick<RecordingRepository, 'find'>
  readonly store: SegmentStore
  readonly clock: Clock
  /** Undefined while nothing is stored. */
  readonly windowOf: (recordingId: string) => Promise<StoredWindow | undefined>
}

/** Takes away the media that have left the playlists of a rolling recording. */
export interface Removals {
  /** Doing it twice is as once. Undefined: there is nothing more to take away, ever. Errors: of the store and the database. */
  run(recordingId: string, marks: readonly RemovalMark[]): Promise<NextRemoval | undefined>
}

export function createRemovals({ repository, store, clock, windowOf }: RemovalsPorts): Removals {
  async function removeBefore(recordingId: string, place: SegmentPlace): Promise<void> {
    const pinned = await readPinned(store, recordingId)
    for await (const { key } of store.list(`${recordingId}/takes/`)) {
      const uri = key.slice(recordingId.length + 1)
      const found = placeOf(uri)
      if (found !== undefined && isBefore(found, place) && !pinned.has(uri)) await store.delete(key)
    }
  }

  return {
    async run(recordingId, marks) {
      const record = await repository.find(recordingId).catch(undefinedIfDeleted)
      if (record === undefined) return undefined
      const window = await windowOf(recordingId)
      const nowMs = clock().getTime()
      const due = marks.filter(({ dueMs }) => dueMs <= nowMs).at(-1)
      if (due !== undefined) await removeBefore(recordingId, due)
      return planRemoval({ marks, window, nowMs, isOver: isFinal(record.state) })
    },
  }
}

/** What the playlists of clips name, with the segments around it: a clip takes the sound from them that reaches over a border. */
async function readPinned(store: SegmentStore, recordingId: string): Promise<ReadonlySet<string>> {
  const names: string[] = []
  for await (const { key } of store.list(`${recordingId}/highlights/`)) names.push(key.slice(recordingId.length + 1))
  const options = { names: names.filter(isClipPlaylist), signal: AbortSignal.timeout(PINS_MS) }
  const named = [...(await readPins(store, recordingId, options)).values()].flat()
  const around = named.flatMap((uri) => {
    const place = placeOf(uri)
    if (place === undefined) return []
    return [-1, 0, 1].map((by) => `takes/${place.take}/${place.number + by}.ts`)
  })
  return new Set(around)
}

/** To read them all; then the look is repeated. */
const PINS_MS = 120_000
/** A look costs a listing of what is there: so many in the time that removed media are kept. */
const LOOKS = 4
const SHORTEST_SEC = 5

/**
 * When to look again, and what will be gone then. What leaves the playlists stays for as long as the longest of them and a
 * segment last (RFC 8216 §6.2.2), counted from a look after the playlists without it were stored.
 */
export function planRemoval({
  marks,
  window,
  nowMs,
  isOver,
}: {
  readonly marks: readonly RemovalMark[]
  readonly window: StoredWindow | undefined
  readonly nowMs: number
  readonly isOver: boolean
}): NextRemoval | undefined {
  const graceSec = window === undefined ? 0 : window.durationSec + window.targetDurationSec
  const newest = marks.at(-1)
  const isNews = window !== undefined && (newest === undefined || isBefore(newest, window.first))
  const waiting = marks.filter(({ dueMs }) => dueMs > nowMs)
  const next = isNews ? [...waiting, { ...window.first, dueMs: nowMs + graceSec * 1000 }] : waiting
  if (isOver && next.length === 0) return undefined
  // The newest is kept though it is done: it says what is no news.
  const kept = next.length === 0 && newest !== undefined ? [newest] : next
  return { marks: kept, afterSec: Math.max(SHORTEST_SEC, Math.ceil(graceSec / LOOKS)) }
}

function isBefore(a: SegmentPlace, b: SegmentPlace): boolean {
  return a.take === b.take ? a.number < b.number : a.take < b.take
}

function placeOf(uri: string): SegmentPlace | undefined {
  const found = /^takes\/(\d+)\/(\d+)\.ts$/.exec(uri)
  return found === null ? undefined : { take: Number(found[1]), number: Number(found[2]) }
}

function undefinedIfDeleted(thrown: unknown): RecordingRecord | undefined {
  if (thrown instanceof AppError && thrown.code === 'recording.not-found') return undefined
  throw thrown
}
