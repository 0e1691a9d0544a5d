import { evenSize, type Rect, WIDE } from '../../drawing/geometry.ts'

interface CellOptions {
  readonly count: number
  readonly gap: number
  readonly aspect?: number
  /** The vertical place of the block of cells in the area; `middle` by default. */
  readonly align?: 'top' | 'middle'
}

/** Equal cells as large as the area allows, row by row; a short last row is centred. */
export function gridCells(area: Rect, { count, gap, aspect = WIDE, align = 'middle' }: CellOptions): Rect[] {
  if (count === 0) return []
  const { columns, width, height } = bestCells(area, { count, gap, aspect })
  const rows = Math.ceil(count / columns)
  const blockHeight = rows * height + (rows - 1) * gap
  const top = align === 'top' ? area.y : area.y + half(area.height - blockHeight)
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns)
    const inRow = row === rows - 1 ? count - row * columns : columns
    const left = area.x + half(area.width - (inRow * width + (inRow - 1) * gap))
    return { x: left + (index % columns) * (width + gap), y: top + row * (height + gap), width, height }
  })
}

function bestCells(area: Rect, { count, gap, aspect }: { count: number; gap: number; aspect: number }) {
  let best = { columns: 1, width: 0, height: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const wide = (area.width - gap * (columns - 1)) / columns
    const high = (area.height - gap * (rows - 1)) / rows
    const width = Math.min(wide, high * aspect)
    if (width > best.width) best = { columns, width, height: Math.min(high, wide / aspect) }
  }
  return { columns: best.columns, width: evenSize(best.width), height: evenSize(best.height) }
}

function half(space: number): number {
  return Math.max(0, Math.floor(space / 4) * 2)
}
