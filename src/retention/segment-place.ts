import { parseSegmentName, type SegmentPlace, segmentName } from '../archive/keys.ts'

/** True when `a` lies before `b` in the recording. */
export function isBefore(a: SegmentPlace, b: SegmentPlace): boolean {
  return a.take === b.take ? a.number < b.number : a.take < b.take
}

/** What clips name, with the segments around it: a clip takes the sound from them that reaches over a border. */
export function withNeighbours(names: Iterable<string>): ReadonlySet<string> {
  const all = new Set<string>()
  for (const name of names) {
    const place = parseSegmentName(name)
    if (place === undefined) continue
    for (const by of [-1, 0, 1]) all.add(segmentName({ take: place.take, number: Math.max(0, place.number + by) }))
  }
  return all
}
