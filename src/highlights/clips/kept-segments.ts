import { parseSegmentName } from '../../archive/keys.ts'
import type { Segment } from '../../playlist/index.ts'
import type { ClipSegment } from '../../protocol/index.ts'
import type { TimeRange } from '../plan.ts'

/**
 * The stored media of a range, and what touches it within `marginMs`: what a highlight that waits needs of a recording
 * from whose playlists it will be gone. Holes are said as discontinuities; the first segment continues nothing, so it has none.
 */
export function keptOf(
  segments: readonly Segment[],
  { fromMs, toMs, marginMs }: TimeRange & { readonly marginMs: number },
): readonly ClipSegment[] {
  const kept = segments.flatMap((segment, index) => {
    const { uri, take, durationSec, programDateTimeMs: startMs } = segment
    const isTouched = startMs - marginMs < toMs && startMs + durationSec * 1000 + marginMs > fromMs
    if (segment.gap === true || !isTouched) return []
    const before = segments[index - 1]
    const isCut = before !== undefined && (before.gap === true || before.seq + 1 !== segment.seq)
    return [{ uri, take, startMs, durationSec, discontinuity: segment.discontinuity || isCut }]
  })
  return kept.map((segment, index) => (index === 0 ? { ...segment, discontinuity: false } : segment))
}

/** The segments of the playlists, preceded by those that a highlight has kept and the playlists name no more. */
export function withKept(kept: readonly ClipSegment[] | null, segments: readonly Segment[]): readonly Segment[] {
  const named = new Set(segments.map(({ uri }) => uri))
  const gone = (kept ?? []).filter(({ uri }) => !named.has(uri))
  const [first] = segments
  const last = gone.at(-1)
  if (last === undefined) return segments
  // A hole in the numbers is a discontinuity.
  const nextSeq = first === undefined ? 0 : first.seq - (isNext(last.uri, first.uri) ? 0 : 1)
  const older = gone.map(({ uri, take, startMs, durationSec, discontinuity }, index) => {
    return { seq: nextSeq - gone.length + index, take, uri, durationSec, programDateTimeMs: startMs, discontinuity }
  })
  return [...older, ...segments]
}

function isNext(uri: string, nextUri: string): boolean {
  const [place, next] = [parseSegmentName(uri), parseSegmentName(nextUri)]
  return place !== undefined && place.take === next?.take && place.number + 1 === next.number
}
