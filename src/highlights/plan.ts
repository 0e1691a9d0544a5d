import type { Segment } from '../playlist/index.ts'
import type { ClipSegment } from '../protocol/index.ts'

/** Wall time from `fromMs` up to, not including, `toMs`, epoch milliseconds. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

export interface ClipRange extends TimeRange {
  /** All that is stored of the recording, in the order of its playlist. */
  readonly segments: readonly Segment[]
  /** The moment itself, within the range. */
  readonly atMs: number
  readonly frameSec: number
}

/** The clip has every stored picture with `fromMs <= time < toMs`, in the order of `segments`. */
export interface ClipPlan extends TimeRange {
  readonly kind: 'plan'
  readonly segments: readonly ClipSegment[]
  /** Parts of the range that were never stored, of half a frame or more. */
  readonly gaps: readonly TimeRange[]
  /** The asked ends that lie outside the recording; null when none does. */
  readonly clamped: Partial<TimeRange> | null
}
/** Nothing of the range is stored. `nearest`: the unbroken piece of media closest to the moment; null without any. */
export interface NoMedia {
  readonly kind: 'no-media'
  readonly nearest: TimeRange | null
}

/** Playlists write times to the millisecond, so two of the same instant may differ by one. */
const ROUNDING_MS = 1
/** A clip of one picture begins and ends between pictures, so that no rounding moves it by one. */
const MARGIN_FRAMES = 0.25

/**
 * Plans the clip of a range. The picture that is seen at the moment is always in it, and so a range without a length
 * gives a clip of one frame; a moment outside the media stands for its nearest end. An end up to one frame away from
 * the media still touches it. Where takes overlap the later one counts, from its first picture on.
 */
export function selectSegments(wanted: ClipRange): ClipPlan | NoMedia {
  const frameMs = wanted.frameSec * 1000
  const pieces = listPieces(wanted.segments, frameMs)
  const spans = joinPieces(pieces, frameMs)
  const [first, last] = [spans[0], spans.at(-1)]
  const touched = spans.filter((span) => span.fromMs - frameMs < wanted.toMs && span.toMs + frameMs > wanted.fromMs)
  if (first === undefined || last === undefined || touched.length === 0) {
    return { kind: 'no-media', nearest: nearestSpan(spans, wanted.atMs) ?? null }
  }
  const range = rangeOf(wanted, first, last, frameAt(pieces, momentIn(touched, wanted.atMs), frameMs))
  return {
    kind: 'plan',
    ...range,
    segments: segmentsOfRange(pieces, range, frameMs),
    gaps: listGaps(touched, range, frameMs),
    clamped: clampedOf(wanted, first, last, frameMs),
  }
}

/** A stored segment and the wall time for which its pictures count. */
interface Piece extends TimeRange {
  readonly segment: Segment
  /** True when a later take has its last pictures too. */
  readonly cut: boolean
}

/** Each segment counts up to the earliest begin of any later one, so that no instant is in the clip twice. */
function listPieces(segments: readonly Segment[], frameMs: number): readonly Piece[] {
  const pieces: Piece[] = []
  let nextMs = Number.POSITIVE_INFINITY
  for (const segment of segments.toReversed()) {
    if (segment.gap === true) continue
    const fromMs = segment.programDateTimeMs
    const endMs = fromMs + segment.durationSec * 1000
    const cut = nextMs < endMs - frameMs / 2
    const toMs = cut ? nextMs : endMs
    nextMs = Math.min(nextMs, fromMs)
    if (toMs > fromMs) pieces.push({ segment, fromMs, toMs, cut })
  }
  return pieces.reverse()
}

function joinPieces(pieces: readonly Piece[], frameMs: number): readonly TimeRange[] {
  const spans: TimeRange[] = []
  for (const { fromMs, toMs } of pieces) {
    const before = spans.at(-1)
    if (before !== undefined && fromMs - before.toMs < frameMs / 2) {
      spans[spans.length - 1] = { fromMs: before.fromMs, toMs: Math.max(before.toMs, toMs) }
    } else spans.push({ fromMs, toMs })
  }
  return spans
}

const clampTo = (range: TimeRange, ms: number): number => Math.min(Math.max(ms, range.fromMs), range.toMs)
const distance = (range: TimeRange, ms: number): number => Math.abs(clampTo(range, ms) - ms)

function nearestSpan(spans: readonly TimeRange[], atMs: number): TimeRange | undefined {
  return spans.reduce<TimeRange | undefined>(
    (best, span) => (best === undefined || distance(span, atMs) < distance(best, atMs) ? span : best),
    undefined,
  )
}

/** The moment, or the closest one to it that is stored. */
function momentIn(spans: readonly TimeRange[], atMs: number): number {
  const span = nearestSpan(spans, atMs)
  return span === undefined ? atMs : clampTo(span, atMs)
}

/** The picture that is seen at a stored moment: wall times between which it alone begins. */
function frameAt(pieces: readonly Piece[], momentMs: number, frameMs: number): TimeRange {
  const piece = pieces.findLast(({ fromMs }) => fromMs <= momentMs) ?? pieces[0]
  if (piece === undefined) return { fromMs: momentMs, toMs: momentMs }
  const index = Math.floor((momentMs - piece.fromMs + ROUNDING_MS) / frameMs)
  const startMs = Math.min(piece.fromMs + Math.max(index, 0) * frameMs, lastPictureMs(piece, frameMs))
  return {
    fromMs: Math.max(piece.fromMs, startMs - MARGIN_FRAMES * frameMs),
    toMs: startMs + (1 - MARGIN_FRAMES) * frameMs,
  }
}

/** When its last picture begins: one of which a later take has less than a half still counts. */
function lastPictureMs({ fromMs, toMs }: TimeRange, frameMs: number): number {
  return fromMs + (Math.max(1, Math.round((toMs - fromMs) / frameMs)) - 1) * frameMs
}

/** The asked range within the recording, with the moment's picture in it; whole milliseconds. */
function rangeOf(wanted: TimeRange, first: TimeRange, last: TimeRange, frame: TimeRange): TimeRange {
  const fromMs = Math.max(Math.min(wanted.fromMs, frame.fromMs), first.fromMs)
  const toMs = Math.min(Math.max(wanted.toMs, frame.toMs), last.toMs)
  return { fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) }
}

function clampedOf(wanted: TimeRange, first: TimeRange, last: TimeRange, frameMs: number): Partial<TimeRange> | null {
  const clamped = {
    ...(wanted.fromMs < first.fromMs - frameMs / 2 && { fromMs: wanted.fromMs }),
    ...(wanted.toMs > last.toMs + frameMs / 2 && { toMs: wanted.toMs }),
  }
  return Object.keys(clamped).length === 0 ? null : clamped
}

/** Segments with a picture in the range. */
function segmentsOfRange(pieces: readonly Piece[], range: TimeRange, frameMs: number): readonly ClipSegment[] {
  const selected = pieces.filter(
    (piece) => piece.fromMs < range.toMs - ROUNDING_MS && lastPictureMs(piece, frameMs) > range.fromMs - ROUNDING_MS,
  )
  return selected.map(({ segment, toMs, cut }, index) => {
    const before = selected[index - 1]?.segment
    return {
      uri: segment.uri,
      take: segment.take,
      startMs: segment.programDateTimeMs,
      durationSec: segment.durationSec,
      discontinuity: before !== undefined && (segment.discontinuity || before.seq + 1 !== segment.seq),
      ...(cut && { endMs: toMs }),
    }
  })
}

function listGaps(spans: readonly TimeRange[], range: TimeRange, frameMs: number): readonly TimeRange[] {
  const begins = [range.fromMs, ...spans.map(({ toMs }) => toMs)]
  const ends = [...spans.map(({ fromMs }) => fromMs), range.toMs]
  return begins
    .map((fromMs, index) => ({
      fromMs: Math.max(fromMs, range.fromMs),
      toMs: Math.min(ends[index] ?? range.toMs, range.toMs),
    }))
    .filter(({ fromMs, toMs }) => toMs - fromMs >= frameMs / 2)
    .map(({ fromMs, toMs }) => ({ fromMs: Math.round(fromMs), toMs: Math.round(toMs) }))
}
