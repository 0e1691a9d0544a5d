import type { BoardElement } from '../../src/protocol/board.ts'
import type { Rect } from '../drawing/geometry.ts'
import { arrowHeadLength, normalize, wobbleOf } from './bounds.ts'

type Line = Extract<BoardElement, { kind: 'line' | 'arrow' }>
type Box = Extract<BoardElement, { kind: 'rect' | 'ellipse' }>

/** Shapes as drawn by a steady hand. The deviation follows from the element's id, so it is the same at every drawing. */
export function linePath(element: Line): Path2D {
  const path = new Path2D()
  const stray = strayOf(element.id)
  const { x1, y1, x2, y2 } = element
  handLine(path, { x1, y1, x2, y2 }, stray)
  if (element.kind === 'arrow') arrowHead(path, element, stray)
  return path
}

export function rectPath(element: Box): Path2D {
  const path = new Path2D()
  const stray = strayOf(element.id)
  const { x, y, width, height } = normalize(element)
  const over = Math.min(3, (width + height) * 0.01)
  handLine(path, { x1: x - over * stray(), y1: y, x2: x + width + over * stray(), y2: y }, stray)
  handLine(path, { x1: x + width, y1: y - over * stray(), x2: x + width, y2: y + height + over * stray() }, stray)
  handLine(path, { x1: x + width + over * stray(), y1: y + height, x2: x - over * stray(), y2: y + height }, stray)
  handLine(path, { x1: x, y1: y + height + over * stray(), x2: x, y2: y - over * stray() }, stray)
  return path
}

/** An ellipse as drawn by hand: the end overshoots the beginning a little. */
export function ellipsePath(element: Box): Path2D {
  const path = new Path2D()
  const stray = strayOf(element.id)
  const box = normalize(element)
  const wobble = wobbleOf(box.width + box.height) * 0.8
  const [phase, begin] = [stray() * Math.PI, stray() * 0.6]
  const steps = 72
  for (let step = 0; step <= steps + 4; step++) {
    const angle = begin + (step / steps) * 2 * Math.PI
    const away = wobble * Math.sin(2 * angle + phase) + (step > steps ? (step - steps) * 0.4 : 0)
    const point = onEllipse(box, angle, away)
    if (step === 0) path.moveTo(point.x, point.y)
    else path.lineTo(point.x, point.y)
  }
  return path
}

/** The exact shape, for its fill. */
export function fillPath(element: Box): Path2D {
  const path = new Path2D()
  const { x, y, width, height } = normalize(element)
  if (element.kind === 'rect') path.rect(x, y, width, height)
  else path.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI)
  return path
}

function onEllipse(box: Rect, angle: number, away: number) {
  return {
    x: box.x + box.width / 2 + Math.cos(angle) * (box.width / 2 + away),
    y: box.y + box.height / 2 + Math.sin(angle) * (box.height / 2 + away),
  }
}

type Ends = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }

function handLine(path: Path2D, { x1, y1, x2, y2 }: Ends, stray: () => number): void {
  const length = Math.hypot(x2 - x1, y2 - y1)
  const wobble = wobbleOf(length)
  const [normalX, normalY] = length === 0 ? [0, 0] : [(y1 - y2) / length, (x2 - x1) / length]
  const bend = (part: number, away: number) =>
    [x1 + (x2 - x1) * part + normalX * away, y1 + (y2 - y1) * part + normalY * away] as const
  path.moveTo(x1, y1)
  path.bezierCurveTo(...bend(0.32, wobble * stray()), ...bend(0.7, wobble * stray()), x2, y2)
}

function arrowHead(path: Path2D, element: Line, stray: () => number): void {
  const { x1, y1, x2, y2 } = element
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const length = Math.min(arrowHeadLength(element), Math.max(6, Math.hypot(x2 - x1, y2 - y1) * 0.6))
  for (const side of [-1, 1]) {
    const turned = angle + Math.PI - side * (0.46 + 0.05 * stray())
    handLine(path, { x1: x2, y1: y2, x2: x2 + Math.cos(turned) * length, y2: y2 + Math.sin(turned) * length }, stray)
  }
}

/** Numbers from -1 to 1 that follow from the id alone (mulberry32). */
function strayOf(id: string): () => number {
  let state = 0
  for (const char of id) state = (Math.imul(state, 31) + (char.codePointAt(0) ?? 0)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}
