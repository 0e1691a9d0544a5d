import { parseSegmentUri, type Segment } from './segment.ts'

type Unplaced = Omit<Segment, 'seq'>

/**
 * What playlists named and what was found later, as one list by take and number. Of two with one URI the one with media
 * stays. Places are for the caller to give anew.
 */
export function mergeSegments(named: readonly Unplaced[], found: readonly Unplaced[]): readonly Unplaced[] {
  const byUri = new Map<string, Unplaced>()
  for (const segment of [...named, ...found]) {
    const known = byUri.get(segment.uri)
    if (known === undefined || (known.gap === true && segment.gap !== true)) byUri.set(segment.uri, segment)
  }
  return [...byUri.values()].sort((a, b) => a.take - b.take || numberOf(a) - numberOf(b))
}

function numberOf({ uri }: Unplaced): number {
  return parseSegmentUri(uri)?.number ?? 0
}
