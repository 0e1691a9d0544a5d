import type { MediaKind, Sample } from './sample.ts'

/** Media that is further off its place in the playlist has another time line: its encoder began anew and said nothing of it. */
const OFF_SEC = 0.5
/** Sound and picture of one encoder are less apart than this. */
const APART_SEC = 3

/** A fragment of a playlist, with its samples as they came. */
interface Fragment {
  /** Its media sequence number. */
  readonly sn: number
  readonly startSec: number
  readonly endSec: number
  readonly samples: readonly Sample[]
}

interface Extent {
  readonly kind: MediaKind
  readonly dtsSec: number
  readonly ptsSec: number
  readonly endSec: number
}

/** What was said of the last fragment that had this kind. */
interface Judged {
  readonly shiftSec: number
  readonly sn: number
  /** In the playlist. */
  readonly untilSec: number
  /** Of its samples, moved. */
  readonly endSec: number
}

/**
 * Says by how much to move the times of a fragment, so that it continues what is played although its encoder began anew. Sound and
 * picture of one stretch are moved by the same, in one playlist or in two, so that they stay as far apart as they were encoded.
 */
export class StretchShifts {
  readonly #judged = new Map<MediaKind, Judged>()

  /** By kind. Called once with each fragment, in the order of its playlist. */
  shiftsOf(fragment: Fragment): ReadonlyMap<MediaKind, number> {
    const extents = (['video', 'audio'] as const).flatMap((kind) => extentOf(kind, fragment.samples))
    const shifts = new Map<MediaKind, number>()
    for (const group of groupsOf(extents)) {
      const shiftSec = this.#choose(group, fragment)
      for (const { kind, endSec } of group) {
        shifts.set(kind, shiftSec)
        this.#judged.set(kind, { shiftSec, sn: fragment.sn, untilSec: fragment.endSec, endSec: endSec + shiftSec })
      }
    }
    return shifts
  }

  #choose(group: readonly Extent[], { sn, startSec }: Fragment): number {
    const from = Math.min(...group.map(({ dtsSec }) => dtsSec))
    const to = Math.max(...group.map(({ ptsSec }) => ptsSec))
    // Where a fragment begins hls.js takes from the end of the sound or of the picture before it, whichever is later.
    const fits = (shiftSec: number, withinSec: number): boolean =>
      startSec >= from + shiftSec - withinSec && startSec <= to + shiftSec + withinSec
    const others = [...this.#judged].filter(([kind]) => group.every((extent) => extent.kind !== kind))
    const sameTime = others.find(([, other]) => other.untilSec > startSec + OFF_SEC && fits(other.shiftSec, APART_SEC))
    if (sameTime !== undefined) return sameTime[1].shiftSec
    const own = group.flatMap(({ kind }) => this.#judged.get(kind) ?? [])
    const known = [...own.map(({ shiftSec }) => shiftSec), ...others.map(([, { shiftSec }]) => shiftSec), 0]
    const places = group.map(({ kind, ptsSec }) => {
      const before = this.#judged.get(kind)
      return (before?.sn === sn - 1 ? before.endSec : startSec) - ptsSec
    })
    return known.find((shiftSec) => fits(shiftSec, OFF_SEC)) ?? Math.max(...places)
  }
}

/** Each kind's samples moved by its shift. */
export function moved(samples: readonly Sample[], shifts: ReadonlyMap<MediaKind, number>): readonly Sample[] {
  return samples.map((sample) => {
    const shiftSec = shifts.get(sample.config.kind) ?? 0
    if (shiftSec === 0) return sample
    const { dtsSec, ptsSec, origin } = sample
    return { ...sample, dtsSec: dtsSec + shiftSec, ptsSec: ptsSec + shiftSec, origin: { ...origin, shiftSec } }
  })
}

/** hls.js lets the picture go on where an encoder begins anew, and the sound not: then each has a time line of its own. */
function groupsOf(extents: readonly Extent[]): readonly (readonly Extent[])[] {
  const [first, second] = extents
  if (first === undefined || second === undefined) return extents.map((extent) => [extent])
  return Math.abs(first.ptsSec - second.ptsSec) < APART_SEC ? [extents] : [[first], [second]]
}

/** A first picture of a long reordering is shown well after it is decoded: a fragment may begin with either. */
function extentOf(kind: MediaKind, samples: readonly Sample[]): Extent[] {
  const ofKind = samples.filter(({ config }) => config.kind === kind)
  if (ofKind.length === 0) return []
  const least = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b))
  return [
    {
      kind,
      dtsSec: least(ofKind.map(({ dtsSec }) => dtsSec)),
      ptsSec: least(ofKind.map(({ ptsSec }) => ptsSec)),
      endSec: -least(ofKind.map(({ ptsSec, durationSec }) => -ptsSec - durationSec)),
    },
  ]
}
