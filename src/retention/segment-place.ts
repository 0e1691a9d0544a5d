/** Where a segment lies in the order of a recording. */
export interface SegmentPlace {
  readonly take: number
  readonly number: number
}

/** The place of `takes/<take>/<number>.ts`; undefined for anything else. */
export function placeOf(uri: string): SegmentPlace | undefined {
  const found = /^takes\/(\d+)\/(\d+)\.ts$/.exec(uri)
  return found === null ? undefined : { take: Number(found[1]), number: Number(found[2]) }
}

/** True when `a` lies before `b` in the recording. */
export function isBefore(a: SegmentPlace, b: SegmentPlace): boolean {
  return a.take === b.take ? a.number < b.number : a.take < b.take
}

/** What clips name, with the segments around it: a clip takes the sound from them that reaches over a border. */
export function withNeighbours(uris: Iterable<string>): ReadonlySet<string> {
  const all = new Set<string>()
  for (const uri of uris) {
    const place = placeOf(uri)
    if (place === undefined) continue
    for (const by of [-1, 0, 1]) all.add(`takes/${place.take}/${Math.max(0, place.number + by)}.ts`)
  }
  return all
}
