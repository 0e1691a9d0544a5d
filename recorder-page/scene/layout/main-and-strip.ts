import { evenSize, fitAspect, middle, type Rect, splitBottom, splitRight, WIDE } from '../../drawing/geometry.ts'
import { gridCells } from './cells.ts'

/** One large wide tile with a strip of smaller tiles beside or below it. */
interface MainAndStrip {
  readonly main: Rect
  readonly strip: readonly Rect[]
}

/** The weight of a pixel of the strip against one of the main tile. */
const STRIP_WORTH = 0.55
/** The factor on an arrangement whose strip is too small to see. */
const TOO_SMALL = 0.5
const SHARES = Array.from({ length: 20 }, (_, index) => 0.12 + index * 0.02)

/** The best of many shares between main tile and strip, at the right or along the bottom. */
export function mainWithStrip(area: Rect, { count, gap }: { count: number; gap: number }): MainAndStrip {
  if (count === 0) return { main: fitAspect(area, WIDE), strip: [] }
  let best: MainAndStrip | null = null
  for (const share of SHARES) {
    for (const candidate of [withColumn(area, { count, gap, share }), withRow(area, { count, gap, share })]) {
      if (best === null || worth(candidate, area) > worth(best, area)) best = candidate
    }
  }
  return best ?? { main: fitAspect(area, WIDE), strip: [] }
}

interface StripOptions {
  readonly count: number
  readonly gap: number
  readonly share: number
}

function withColumn(area: Rect, { count, gap, share }: StripOptions): MainAndStrip {
  const [left, right] = splitRight(area, area.width * share, gap)
  return { main: fitAspect(left, WIDE), strip: gridCells(right, { count, gap }) }
}

function withRow(area: Rect, { count, gap, share }: StripOptions): MainAndStrip {
  const [top, bottom] = splitBottom(area, area.height * share, gap)
  const strip = gridCells(bottom, { count, gap })
  const main = fitAspect(top, WIDE)
  const spare = area.y + area.height - gap - bottom.height - (main.y + main.height)
  const lift = Math.max(0, Math.floor(spare / 4) * 2)
  return { main: { ...main, y: main.y + lift }, strip: strip.map((cell) => ({ ...cell, y: cell.y - lift })) }
}

function worth({ main, strip }: MainAndStrip, area: Rect): number {
  const cell = strip[0]
  if (cell === undefined) return 0
  const pixels = main.width * main.height + STRIP_WORTH * strip.length * cell.width * cell.height
  const smallest = strip.length <= 4 ? 0.165 : strip.length <= 9 ? 0.14 : 0.1
  return cell.height < smallest * area.height ? pixels * TOO_SMALL : pixels
}

/** A column at the right, for a face above a chat or a list of tiles. */
export function sideColumn(area: Rect, gap: number): readonly [Rect, Rect] {
  return splitRight(area, evenSize(area.width * SIDE_SHARE), gap)
}

const SIDE_SHARE = 0.245
/** More faces than this stand in several columns. */
const STACK = 4

/** A column of faces, all as wide as the column where they can be stacked; the rest of the area is at its left. */
export function faceColumn(area: Rect, { count, gap }: { count: number; gap: number }): readonly [Rect, Rect[]] {
  const widest = evenSize(area.width * SIDE_SHARE)
  const stacked = ((area.height - gap * (count - 1)) / count) * WIDE
  const [left, column] = splitRight(area, count <= STACK ? Math.min(widest, evenSize(stacked)) : widest, gap)
  return [left, gridCells(column, { count, gap })]
}

/** The small picture over a corner of a larger one: bottom right, a fifth of its width. */
export function cornerOf(rect: Rect, gap: number): Rect {
  const { width, height } = middle(rect, rect.width * 0.21, (rect.width * 0.21) / WIDE)
  const margin = Math.min(gap, evenSize((rect.width - width) / 2), evenSize((rect.height - height) / 2))
  return { x: rect.x + rect.width - width - margin, y: rect.y + rect.height - height - margin, width, height }
}

/** Cuts a wide tile off the top of a column; the rest is below it. */
export function wideTop(column: Rect, gap: number): readonly [Rect, Rect] {
  const height = evenSize(Math.min(column.width / WIDE, column.height - gap - 2))
  const below = column.y + height + gap
  return [
    { ...column, height },
    { ...column, y: below, height: Math.max(2, column.y + column.height - below) },
  ]
}
