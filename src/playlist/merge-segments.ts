import { parseSegmentName } from '../archive/keys.ts'
import type { Segment } from './segment.ts'

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
  return [...byUri.values()].sort(inOrder)
}

/**
 * What was found, without what a take that was overtaken recorded since the next one began: the next one has it. Takes begin
 * one after the other, and what players have seen of a take lies before the next: where wall time says otherwise a clock was
 * set, and nothing is left out.
 */
export function leaveOutDoubles<S extends Unplaced>(named: readonly Unplaced[], found: readonly S[]): readonly S[] {
  const all = [...named, ...found].sort(inOrder)
  const takes = [...new Set(all.map(({ take }) => take))]
  const endsMs = new Map<number, number>()
  for (const [at, take] of takes.entries()) {
    const nextMs = all.find((segment) => segment.take === takes[at + 1])?.programDateTimeMs
    const first = all.find((segment) => segment.take === take)
    const certain = named.filter((segment) => segment.take === take).concat(first ?? [])
    if (nextMs !== undefined && certain.every(({ programDateTimeMs }) => programDateTimeMs < nextMs)) {
      endsMs.set(take, nextMs)
    }
  }
  return found.filter(
    ({ take, programDateTimeMs }) => programDateTimeMs < (endsMs.get(take) ?? Number.POSITIVE_INFINITY),
  )
}

function inOrder(a: Unplaced, b: Unplaced): number {
  return a.take - b.take || numberOf(a) - numberOf(b)
}

function numberOf({ uri }: Unplaced): number {
  return parseSegmentName(uri)?.number ?? 0
}
