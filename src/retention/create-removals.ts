import { folderKey, parseSegmentName, type SegmentPlace, splitKey } from '../archive/keys.ts'
import type { Clock, RecordingRepository } from '../recording/index.ts'
import { ignoreDeleted } from '../recording/index.ts'
import { isFinal } from '../recording/state.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { isBefore, withNeighbours } from './segment-place.ts'

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

/** What clips hold back. */
export interface RetainedSegments {
  /** Segments that the highlights of a recording name, relative to it, for as long as they are not deleted; each once. */
  of(recordingId: string): Promise<readonly string[]>
}

export interface RemovalsPorts {
  readonly repository: Pick<RecordingRepository, 'find'>
  readonly pins: RetainedSegments
  readonly store: SegmentStore
  readonly clock: Clock
  /** Undefined while nothing is stored. */
  readonly windowOf: (recordingId: string) => Promise<StoredWindow | undefined>
}

/** Takes away the media that have left the playlists of a rolling recording. */
export interface Removals {
  /**
   * Doing it twice is as once. Undefined: there is nothing more to take away, ever. Errors: of the store and the database, and
   * the signal's reason.
   */
  run(
    recordingId: string,
    marks: readonly RemovalMark[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<NextRemoval | undefined>
}

export function createRemovals({ repository, pins, store, clock, windowOf }: RemovalsPorts): Removals {
  async function removeBefore(recordingId: string, place: SegmentPlace, signal?: AbortSignal): Promise<void> {
    const pinned = withNeighbours(await pins.of(recordingId))
    for await (const { key } of store.list(folderKey(recordingId, 'takes'))) {
      signal?.throwIfAborted()
      const { name } = splitKey(key)
      const found = parseSegmentName(name)
      if (found !== undefined && isBefore(found, place) && !pinned.has(name)) await store.delete(key)
    }
  }

  return {
    async run(recordingId, marks, { signal } = {}) {
      signal?.throwIfAborted()
      const record = await repository.find(recordingId).catch(ignoreDeleted)
      if (record === undefined) return undefined
      const window = await windowOf(recordingId)
      const nowMs = clock().getTime()
      const due = marks.filter(({ dueMs }) => dueMs <= nowMs).at(-1)
      if (due !== undefined) await removeBefore(recordingId, due, signal)
      return planRemoval({ marks, window, nowMs, isOver: isFinal(record.state) })
    },
  }
}

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
