import { BOARD_HEIGHT, BOARD_WIDTH, type BoardElement } from '../../src/protocol/board.ts'
import type { Rect, Size } from '../drawing/geometry.ts'
import { textBox } from './text-element.ts'

const DEFAULT_STROKE_WIDTH = 4

/** From board units to the pixels of a canvas: the whole board, centred. */
export interface BoardTransform {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export function fitBoard(size: Size): BoardTransform {
  const scale = Math.min(size.width / BOARD_WIDTH, size.height / BOARD_HEIGHT)
  return { scale, x: (size.width - BOARD_WIDTH * scale) / 2, y: (size.height - BOARD_HEIGHT * scale) / 2 }
}

const known = new WeakMap<BoardElement, Rect>()

/** A rectangle in board units that holds every pixel of the element. */
export function boundsOf(element: BoardElement): Rect {
  const cached = known.get(element)
  if (cached !== undefined) return cached
  const bounds = measureBounds(element)
  known.set(element, bounds)
  return bounds
}

function measureBounds(element: BoardElement): Rect {
  switch (element.kind) {
    case 'stroke':
      return grow(around(element.points), strokeWidthOf(element) + 2)
    case 'line':
    case 'arrow': {
      const { x1, y1, x2, y2 } = element
      const head = element.kind === 'arrow' ? arrowHeadLength(element) : 0
      return grow(
        around([
          [x1, y1],
          [x2, y2],
        ]),
        strokeWidthOf(element) + head + wobbleOf(Math.hypot(x2 - x1, y2 - y1)) + 2,
      )
    }
    case 'rect':
    case 'ellipse':
      return grow(normalize(element), strokeWidthOf(element) + wobbleOf(element.width + element.height) + 8)
    case 'image':
      return grow(normalize(element), 2)
    case 'text':
      return grow(textBox(element), 8)
  }
}

export function strokeWidthOf(element: { readonly strokeWidth?: number }): number {
  return element.strokeWidth ?? DEFAULT_STROKE_WIDTH
}

/** The largest deviation of a hand-drawn line of this length. */
export function wobbleOf(length: number): number {
  return Math.min(3.2, 0.4 + Math.abs(length) * 0.006)
}

export function arrowHeadLength(element: { readonly strokeWidth?: number }): number {
  return 12 + strokeWidthOf(element) * 2.6
}

/** The same box with its width and height positive. */
export function normalize({ x, y, width, height }: Rect): Rect {
  return { x: Math.min(x, x + width), y: Math.min(y, y + height), width: Math.abs(width), height: Math.abs(height) }
}

function around(points: readonly (readonly number[])[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x = 0, y = 0] of points) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

function grow(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by }
}

/** The whole pixels that hold this rectangle of the board, inside the canvas; null when none do. */
export function toPixels(rect: Rect, { scale, x, y }: BoardTransform, canvas: Size): Rect | null {
  const left = Math.max(0, Math.floor(rect.x * scale + x) - 1)
  const top = Math.max(0, Math.floor(rect.y * scale + y) - 1)
  const right = Math.min(canvas.width, Math.ceil((rect.x + rect.width) * scale + x) + 1)
  const bottom = Math.min(canvas.height, Math.ceil((rect.y + rect.height) * scale + y) + 1)
  return right <= left || bottom <= top ? null : { x: left, y: top, width: right - left, height: bottom - top }
}

export function unite(a: Rect | null, b: Rect | null): Rect | null {
  if (a === null || b === null) return a ?? b
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}
