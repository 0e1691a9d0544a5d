import type { Rect, Size } from '../../drawing/geometry.ts'

/** Four columns of the result lie within one vector of eight source columns below 2:1. */
const STEEPEST = 1.98
/** Columns of the result that share a group of the table. */
const GROUP = 8
/** What `resampleRow` of the kernels reads: two halves of [base i32, 12 bytes free, lanes 16, weights 8 × i16]. */
const HALF_BYTES = 48
const WEIGHTS = 128

/** How often a source is halved before it is scaled by less than 2:1, and the part of the halved one. */
export function planHalvings(part: Rect, to: Size): { readonly count: number; readonly part: Rect } {
  let count = 0
  let { x, y, width, height } = part
  while (width / to.width >= STEEPEST || height / to.height >= STEEPEST) {
    count += 1
    x /= 2
    y /= 2
    width /= 2
    height /= 2
  }
  return { count, part: { x, y, width, height } }
}

/** Where chroma lies: it is sampled at the left of its two columns, and between its two rows (ITU-T H.264 figure E-1, type 0). */
export function chromaPart({ x, y, width, height }: Rect, to: Size): Rect {
  const shift = (1 - width / to.width) / 4
  return { x: x / 2 + shift, y: y / 2, width: width / 2, height: height / 2 }
}

/** Rows of a source as the kernel steps through them: the first and the step, in 1/65536. */
export function planRows(y: number, height: number, rows: number): { readonly y0: number; readonly dy: number } {
  const ratio = height / rows
  return { y0: Math.round((y + 0.5 * ratio - 0.5) * 65536), dy: Math.round(ratio * 65536) }
}

interface Columns {
  /** Where the source's part begins, and its width; may be fractions. */
  readonly x: number
  readonly width: number
  /** Columns of the source, and of the result. */
  readonly sourceWidth: number
  readonly count: number
}

/** Null where the columns are those of the source, from `x` on. */
export function planColumns(columns: Columns): { readonly table: Uint8Array; readonly reach: number } | null {
  const { x, width, count } = columns
  if (width === count && Math.abs(x - Math.round(x)) < 1 / WEIGHTS / 2) return null
  const groups = Math.ceil(count / GROUP)
  const table = new Uint8Array(groups * 2 * HALF_BYTES)
  const view = new DataView(table.buffer)
  let reach = 0
  for (let half = 0; half < 2 * groups; half += 1) {
    const taps = Array.from({ length: GROUP / 2 }, (_, i) => tapOf(columns, half * (GROUP / 2) + i))
    const base = taps[0]?.left ?? 0
    view.setInt32(half * HALF_BYTES, 2 * base, true)
    taps.forEach(({ left, right, weight }, i) => {
      const at = half * HALF_BYTES + 16 + 4 * i
      table.set([2 * (left - base), 2 * (left - base) + 1, 2 * (right - base), 2 * (right - base) + 1], at)
      view.setInt16(at + 16, WEIGHTS - weight, true)
      view.setInt16(at + 18, weight, true)
      reach = Math.max(reach, right + 1)
    })
  }
  return { table, reach }
}

/** The two columns of the source that a column of the result lies between, and the share of the right one. */
function tapOf({ x, width, sourceWidth, count }: Columns, column: number) {
  const ratio = width / count
  const place = x + (Math.min(column, count - 1) + 0.5) * ratio - 0.5
  const inside = Math.min(sourceWidth - 1, Math.max(0, place))
  const left = Math.floor(inside)
  return { left, right: Math.min(sourceWidth - 1, left + 1), weight: Math.round((inside - left) * WEIGHTS) }
}
