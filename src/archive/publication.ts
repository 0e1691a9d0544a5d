import {
  createIndexPlaylist,
  createLivePlaylist,
  createRollingIndex,
  type Segment,
  targetDuration,
} from '../playlist/index.ts'
import type { StoredMedia, StoredTakes } from '../recording/record.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { objectKey } from './keys.ts'
import { loadSegments, type StoredSegments } from './load-segments.ts'
import { putText } from './stored-text.ts'

/**
 * The playlists of a recording, as its running take writes them. It keeps sums and texts, no list of segments: a segment costs the
 * same in the 24th hour as in the first.
 */
export interface Publication {
  readonly targetDurationSec: number
  readonly stored: StoredTakes
  /** The newest segment. */
  readonly last: Segment | undefined
  /** How far the time line of the playlists reaches, gaps included. */
  readonly timelineSec: number
  /** How far the time line reached when this take began. */
  timelineBeforeSec(take: number): number
  /** Appends a segment that is stored, or a gap. The first one of a later take becomes a discontinuity. */
  add(segment: Omit<Segment, 'seq'>): Segment
  /** Stores the playlists. Idempotent: a call after a failed one stores what that did not. */
  publish(state: { readonly ended: boolean }): Promise<void>
}

interface PublicationOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly targetDurationSec: number
  /** Only so much of the end is kept; without it everything. The media of what leaves the playlists stay in the store. */
  readonly rollingSec?: number
  /** Where the first segment lies, in a recording of which others have left the playlists. */
  readonly start?: { readonly seq: number; readonly discontinuitySequence: number }
}

const ALL = Number.POSITIVE_INFINITY

/** Creates a publication that goes on after these segments. */
export function createPublication(options: PublicationOptions, earlier: readonly Segment[]): Publication {
  const { store, recordingId, targetDurationSec, rollingSec } = options
  const { seq: firstSeq, discontinuitySequence } = options.start ?? { seq: 0, discontinuitySequence: 0 }
  const index =
    rollingSec === undefined && firstSeq === 0
      ? createIndexPlaylist({ targetDurationSec })
      : createRollingIndex({ targetDurationSec, discontinuitySequence, rollingSec: rollingSec ?? ALL })
  const live = createLivePlaylist({ targetDurationSec, discontinuitySequence })
  const sums = createSums()
  let last: Segment | undefined
  const put = (kind: 'index' | 'tail' | 'live', text: string | undefined) =>
    text === undefined ? undefined : putText(store, objectKey(recordingId, kind), text)

  function add(given: Omit<Segment, 'seq'>): Segment {
    const beginsTake = last !== undefined && last.take !== given.take
    const segment = { ...given, seq: (last?.seq ?? firstSeq - 1) + 1, discontinuity: given.discontinuity || beginsTake }
    last = segment
    sums.add(segment)
    for (const gone of index.append(segment)) sums.remove(gone)
    live.append(segment)
    return segment
  }
  earlier.forEach(add)

  return {
    targetDurationSec,
    get stored() {
      return sums.stored()
    },
    get last() {
      return last
    },
    get timelineSec() {
      return sums.timelineSec()
    },
    timelineBeforeSec: sums.timelineBeforeSec,
    add,
    async publish({ ended }) {
      const texts = index.texts({ ended })
      // The index first: whoever reads the tail before the index never misses what went from one into the other.
      await put('index', texts.index)
      await Promise.all([put('live', live.text({ ended })), put('tail', texts.tail)])
      index.stored(texts)
      if (ended) await store.delete(objectKey(recordingId, 'tail'))
    },
  }
}

/** Loads the playlists of earlier takes and goes on with them. The target duration stays theirs (RFC 8216 §6.2.1). */
export async function loadPublication(
  store: SegmentStore,
  recordingId: string,
  settings: { readonly segmentSec: number; readonly fps: number; readonly rollingSec?: number | undefined },
): Promise<Publication> {
  const fresh: StoredSegments = {
    targetDurationSec: targetDuration(settings.segmentSec, settings.fps),
    segments: [],
    discontinuitySequence: 0,
    ended: false,
  }
  const stored = (await loadSegments(store, recordingId)) ?? fresh
  const { rollingSec } = settings
  const { targetDurationSec } = stored
  const options = { store, recordingId, targetDurationSec, start: startOf(stored) }
  return createPublication({ ...options, ...(rollingSec !== undefined && { rollingSec }) }, stored.segments)
}

/** The place at which stored playlists begin. */
export function startOf({ segments, discontinuitySequence }: StoredSegments): NonNullable<PublicationOptions['start']> {
  return { seq: segments[0]?.seq ?? 0, discontinuitySequence }
}

interface Sum {
  durationUs: number
  segments: number
}

const mediaOf = ({ durationUs, segments }: Sum): StoredMedia => ({ durationSec: durationUs / 1e6, segments })

/** Sums microseconds, so that a day of segments has no rounding error. */
function createSums() {
  const takes = new Map<number, Sum & { readonly beforeUs: number }>()
  const all: Sum = { durationUs: 0, segments: 0 }
  let timelineUs = 0
  return {
    add({ take, durationSec, gap }: Segment): void {
      const sum = takes.get(take) ?? { durationUs: 0, segments: 0, beforeUs: timelineUs }
      takes.set(take, sum)
      const durationUs = Math.round(durationSec * 1e6)
      timelineUs += durationUs
      if (gap === true) return
      for (const each of [sum, all]) {
        each.durationUs += durationUs
        each.segments += 1
      }
    },
    remove({ take, durationSec, gap }: Segment): void {
      if (gap === true) return
      for (const each of [takes.get(take), all]) {
        if (each === undefined) continue
        each.durationUs -= Math.round(durationSec * 1e6)
        each.segments -= 1
      }
    },
    stored: (): StoredTakes => ({
      ...mediaOf(all),
      takes: [...takes].map(([number, sum]) => ({ number, ...mediaOf(sum) })),
    }),
    timelineSec: () => timelineUs / 1e6,
    timelineBeforeSec: (take: number) => (takes.get(take)?.beforeUs ?? timelineUs) / 1e6,
  }
}
