import type { SegmentPlace } from '../archive/keys.ts'
import type { StoredWindow } from './ports.ts'
import { isBefore } from './segment-place.ts'

/** A place that the playlists have passed: from this time on no player asks for the segments before it. */
export interface RemovalMark extends SegmentPlace {
  readonly dueMs: number
}

/** The next check of a recording: with these marks, after so many seconds. */
export interface NextRemoval {
  readonly marks: readonly RemovalMark[]
  readonly afterSec: number
}

/** Each check lists what is stored: so many in the time that removed media are kept. */
const CHECKS = 4
const SHORTEST_SEC = 5

/**
 * Plans the next check, and what it will remove. What leaves the playlists stays for as long as the longest of them and a
 * segment last (RFC 8216 §6.2.2), counted from a check after the playlists without it were stored.
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
  return { marks: kept, afterSec: Math.max(SHORTEST_SEC, Math.ceil(graceSec / CHECKS)) }
}
