import { overlaps, type Rect } from '../../drawing/geometry.ts'

/** A step in its place, as far as it decides which pixels differ from the picture before. */
export interface PlacedStep {
  /** Everything that decides the step's pixels: equal ids in equal order give equal pixels. */
  readonly id: string
  /** All pixels that it may change, with even edges. */
  readonly rect: Rect
  /** The step is another one of the picture before, but for this rectangle. */
  readonly change?: { readonly since: string; readonly rect: Rect } | undefined
  /** True when it can only be painted whole. */
  readonly isWhole: boolean
  /** True when nothing below it shows through anywhere in its rectangle. */
  readonly isOpaque: boolean
}

/** A rectangle to paint, and the steps to paint in it, from the last one that hides all below it: -1 is the background. */
export interface Damage {
  readonly rect: Rect
  readonly from: number
}

/**
 * The rectangles in which the picture differs from the one before, none of them overlapping. A step is unchanged when the one before
 * had it, after all steps that were unchanged below it: so a change of order is damage where the two overlap, too.
 */
export function findDamage(before: readonly PlacedStep[], now: readonly PlacedStep[], picture: Rect): Damage[] {
  const places = new Map<string, number[]>()
  before.forEach(({ id }, index) => {
    places.set(id, [...(places.get(id) ?? []), index])
  })
  const kept = new Set<number>()
  const rects: Rect[] = []
  let last = -1
  const keep = (id: string): boolean => {
    const found = places.get(id)?.find((index) => index > last)
    if (found === undefined) return false
    last = found
    kept.add(found)
    return true
  }
  for (const { id, rect, change } of now) {
    if (keep(id)) continue
    if (change !== undefined && keep(change.since)) rects.push(change.rect)
    else rects.push(rect)
  }
  before.forEach(({ rect }, index) => {
    if (!kept.has(index)) rects.push(rect)
  })
  return settle(
    rects.flatMap((rect) => clip(rect, picture)),
    now,
  )
}

/** The whole picture, for where there is none before. */
export function wholeDamage(now: readonly PlacedStep[], picture: Rect): Damage {
  return { rect: picture, from: coverOf(picture, now) }
}

/** Unites what overlaps, and grows over steps that are painted whole, until nothing changes any more. */
function settle(rects: readonly Rect[], steps: readonly PlacedStep[]): Damage[] {
  let apart = uniteOverlapping(rects)
  for (;;) {
    const grown = apart.map((rect) => growOver(rect, steps))
    if (grown.every((rect, index) => rect === apart[index]))
      return apart.map((rect) => ({ rect, from: coverOf(rect, steps) }))
    apart = uniteOverlapping(grown)
  }
}

function growOver(rect: Rect, steps: readonly PlacedStep[]): Rect {
  const from = Math.max(0, coverOf(rect, steps))
  const cut = steps.find(
    (step, index) => index >= from && step.isWhole && overlaps(step.rect, rect) && !contains(rect, step.rect),
  )
  return cut === undefined ? rect : unite(rect, cut.rect)
}

function coverOf(rect: Rect, steps: readonly PlacedStep[]): number {
  return steps.findLastIndex((step) => step.isOpaque && contains(step.rect, rect))
}

function uniteOverlapping(rects: readonly Rect[]): Rect[] {
  const apart: Rect[] = []
  for (const rect of rects) {
    let all = rect
    for (let hit = apart.findIndex((other) => overlaps(other, all)); hit !== -1; ) {
      all = unite(all, apart[hit] ?? all)
      apart.splice(hit, 1)
      hit = apart.findIndex((other) => overlaps(other, all))
    }
    apart.push(all)
  }
  return apart
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  )
}

function unite(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)]
  return { x, y, width: right - x, height: bottom - y }
}

/** What two rectangles share; of no width or height where they share nothing. */
export function intersect(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)]
  const width = Math.min(a.x + a.width, b.x + b.width) - x
  const height = Math.min(a.y + a.height, b.y + b.height) - y
  return { x, y, width: Math.max(0, width), height: Math.max(0, height) }
}

function clip(rect: Rect, picture: Rect): Rect[] {
  const part = intersect(rect, picture)
  return part.width > 0 && part.height > 0 ? [part] : []
}
