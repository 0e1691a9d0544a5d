import { type ParsedPlaylist, parsePlaylist, type Segment } from '../playlist/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { objectKey, parseSegmentName } from './keys.ts'
import { getText } from './stored-text.ts'

/** The segments that the stored playlists name, in order. */
export interface StoredSegments {
  readonly targetDurationSec: number
  readonly segments: readonly Segment[]
  /** How many discontinuities left the playlist before the first of them (RFC 8216 §6.2.2). */
  readonly discontinuitySequence: number
  /** Nothing will follow. */
  readonly ended: boolean
}

interface LoadSegmentsOptions {
  /** Wall time from which on segments are needed: then of a long recording only its end is read. Without it all are. */
  readonly sinceMs?: number
}

/**
 * Loads the segments of a recording that play, also while it runs and after its recorder died between two writes; undefined when
 * nothing of it is stored. Errors: those of the store.
 */
export async function loadSegments(
  store: Pick<SegmentStore, 'get'>,
  recordingId: string,
  { sinceMs = Number.NEGATIVE_INFINITY }: LoadSegmentsOptions = {},
): Promise<StoredSegments | undefined> {
  // Against the order of writing: what has left the newer playlist is then surely in the older one.
  const live = await loadPlaylist(store, objectKey(recordingId, 'live'))
  if (live !== undefined && reachesBackTo(live, sinceMs)) return live
  const tail = await loadPlaylist(store, objectKey(recordingId, 'tail'))
  const end = tail === undefined || live === undefined ? (tail ?? live) : join(tail, live)
  if (end !== undefined && newestOf(end) >= newestOf(live) && reachesBackTo(end, sinceMs)) return end
  const index = await loadPlaylist(store, objectKey(recordingId, 'index'))
  if (index?.ended) return index
  const views = [index, tail, live].filter((view) => view !== undefined)
  return views.length === 0 ? undefined : views.reduce(join)
}

/** Loads where the stored playlists begin and how long they are; undefined while nothing is stored. Errors: those of the store. */
export async function loadWindow(store: Pick<SegmentStore, 'get'>, recordingId: string) {
  const stored = await loadSegments(store, recordingId)
  const first = parseSegmentName(stored?.segments[0]?.uri ?? '')
  if (stored === undefined || first === undefined) return undefined
  const durationSec = stored.segments.reduce((sum, segment) => sum + segment.durationSec, 0)
  return { first, durationSec, targetDurationSec: stored.targetDurationSec }
}

function reachesBackTo({ segments: [first] }: StoredSegments, sinceMs: number): boolean {
  return first !== undefined && (first.seq === 0 || first.programDateTimeMs <= sinceMs)
}

const newestOf = (view: StoredSegments | undefined): number => view?.segments.at(-1)?.seq ?? -1

/**
 * Joins two playlists of one recording, the first of which reaches back further; a hole between them ends the list. A tail is older
 * than the index when that was just written.
 */
function join(older: StoredSegments, newer: StoredSegments): StoredSegments {
  const [firstNewer] = newer.segments
  const next = newestOf(older) + 1
  if (firstNewer === undefined || firstNewer.seq > next || newestOf(newer) < next) return older
  if (older.segments.length === 0 || firstNewer.seq < (older.segments[0]?.seq ?? 0)) return newer
  const { discontinuitySequence } = older
  return {
    ...newer,
    discontinuitySequence,
    segments: [...older.segments, ...newer.segments.filter(({ seq }) => seq >= next)],
  }
}

async function loadPlaylist(store: Pick<SegmentStore, 'get'>, key: string): Promise<ParsedPlaylist | undefined> {
  const text = await getText(store, key)
  return text === undefined ? undefined : parsePlaylist(text)
}
