import type { PlannedHead } from './plan-cut.ts'
import type { CachedSegment } from './segment-cache.ts'
import type { SegmentMedia } from './ts/demux-segment.ts'

const START_CODE = Uint8Array.of(0, 0, 0, 1)

/** Whole groups of pictures as one H.264 byte stream (ITU-T H.264 annex B), each with its parameter sets in front. */
export function* groupStream(
  groups: readonly PlannedHead[],
  mediaOf: ReadonlyMap<number, SegmentMedia>,
): Generator<Uint8Array> {
  for (const { segment, from, end } of groups) {
    const pictures = mediaOf.get(segment)?.pictures.slice(from, end) ?? []
    for (const { sets, units } of pictures) {
      const all = sets === undefined ? units : [...sets.sps, ...sets.pps, ...units]
      for (const unit of all) {
        yield START_CODE
        yield unit
      }
    }
  }
}

/** Where the kept pictures of each group lie in the stream, counted in pictures; `end` is not in it. */
export function numberKept(groups: readonly PlannedHead[]): { readonly first: number; readonly end: number }[] {
  let at = 0
  return groups.map(({ from, first, end }) => {
    const range = { first: at + first - from, end: at + end - from }
    at = range.end
    return range
  })
}

/** Loads the media of the segments that the groups lie in. */
export async function loadMedia(
  groups: readonly PlannedHead[],
  segments: readonly CachedSegment[],
): Promise<ReadonlyMap<number, SegmentMedia>> {
  const mediaOf = new Map<number, SegmentMedia>()
  for (const { segment } of groups) {
    const media = await segments[segment]?.media()
    if (media !== undefined) mediaOf.set(segment, media)
  }
  return mediaOf
}
