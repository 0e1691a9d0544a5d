import { gridCells } from './cells.ts'
import { evenSize, fitAspect, middle, type Rect, splitBottom, splitRight, WIDE } from './geometry.ts'

/** A large wide stage with smaller tiles beside it. */
export interface Stage {
  readonly stage: Rect
  readonly strip: readonly Rect[]
}

/** An area wider than this has the strip at its right, else along its bottom. */
const COLUMN_ASPECT = 1.55

/** The stage takes what the strip leaves; the strip grows with the number of its tiles. */
export function stageWithStrip(area: Rect, { count, gap }: { count: number; gap: number }): Stage {
  if (count === 0) return { stage: fitAspect(area, WIDE), strip: [] }
  return area.width / area.height > COLUMN_ASPECT ? withColumn(area, count, gap) : withRow(area, count, gap)
}

function withColumn(area: Rect, count: number, gap: number): Stage {
  const [left, right] = splitRight(area, area.width * stripShare(count), gap)
  const stage = fitAspect(left, WIDE)
  const column = { ...right, y: stage.y, height: stage.height }
  return { stage, strip: gridCells(column, { count, gap, align: count > 4 ? 'middle' : 'top' }) }
}

function withRow(area: Rect, count: number, gap: number): Stage {
  const stageHeight = Math.min(area.width / WIDE, area.height * (1 - stripShare(count)) - gap)
  const stripHeight = Math.min(area.height - stageHeight - gap, area.height * 0.36)
  const block = middle(area, area.width, stageHeight + gap + stripHeight)
  const [top, bottom] = splitBottom(block, stripHeight, gap)
  return { stage: fitAspect(top, WIDE), strip: gridCells(bottom, { count, gap }) }
}

function stripShare(count: number): number {
  return count <= 4 ? 0.185 : count <= 8 ? 0.25 : count <= 15 ? 0.32 : 0.4
}

/** A column at the right, for a face above a chat or a list of tiles. */
export function sideColumn(area: Rect, gap: number): readonly [Rect, Rect] {
  return splitRight(area, evenSize(area.width * 0.245), gap)
}

/** The small picture over a corner of a larger one: bottom right, a fifth of its width. */
export function cornerOf(rect: Rect, gap: number): Rect {
  const width = evenSize(Math.max(rect.width * 0.21, 2))
  const height = evenSize(width / WIDE)
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
