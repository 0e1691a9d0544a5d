import type { BoardElement } from '../../src/protocol/board.ts'
import { COLORS } from '../drawing/tokens.ts'
import type { BoardImages } from './board-images.ts'
import { normalize, strokeWidthOf } from './bounds.ts'
import { ellipsePath, fillPath, linePath, rectPath } from './sketch.ts'
import { strokePath } from './stroke-path.ts'
import { drawTextElement } from './text-element.ts'

type Pen = OffscreenCanvasRenderingContext2D

/** Draws one element in board units. */
export function drawElement(pen: Pen, element: BoardElement, images: BoardImages): void {
  const color = element.color ?? COLORS.ink
  switch (element.kind) {
    case 'stroke':
      pen.fillStyle = color
      pen.fill(pathOf(element, () => strokePath(element)))
      return
    case 'line':
    case 'arrow':
      strokeOutline(
        pen,
        element,
        pathOf(element, () => linePath(element)),
      )
      return
    case 'rect':
    case 'ellipse':
      if (element.fill !== undefined) {
        pen.fillStyle = element.fill
        pen.fill(fillPath(element))
      }
      strokeOutline(
        pen,
        element,
        pathOf(element, () => (element.kind === 'rect' ? rectPath : ellipsePath)(element)),
      )
      return
    case 'text':
      drawTextElement(pen, element)
      return
    case 'image':
      drawImageElement(pen, element, images)
  }
}

const paths = new WeakMap<BoardElement, Path2D>()

/** Outlines are made once: an element never changes, a new version of it is a new object. */
function pathOf(element: BoardElement, build: () => Path2D): Path2D {
  const known = paths.get(element)
  if (known !== undefined) return known
  const path = build()
  paths.set(element, path)
  return path
}

function strokeOutline(pen: Pen, element: BoardElement & { readonly strokeWidth?: number }, path: Path2D): void {
  pen.strokeStyle = element.color ?? COLORS.ink
  pen.lineWidth = strokeWidthOf(element)
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.stroke(path)
}

function drawImageElement(pen: Pen, element: Extract<BoardElement, { kind: 'image' }>, images: BoardImages): void {
  const { x, y, width, height } = normalize(element)
  const image = images.get(element.url)
  if (image.state === 'ready') {
    pen.imageSmoothingQuality = 'medium'
    pen.drawImage(image.bitmap, x, y, width, height)
    return
  }
  pen.fillStyle = COLORS.paperGrid
  pen.fillRect(x, y, width, height)
  if (image.state === 'failed') drawBrokenFrame(pen, { x, y, width, height })
}

/** The symbol of a missing picture: a mountain in a frame. */
function drawBrokenFrame(
  pen: Pen,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const edge = Math.min(width, height, 160) * 0.5
  const [left, top] = [x + width / 2 - edge / 2, y + height / 2 - edge / 2]
  pen.strokeStyle = '#8a94a3'
  pen.lineWidth = Math.max(2, edge / 22)
  pen.lineJoin = 'round'
  pen.strokeRect(x + 1, y + 1, Math.max(0, width - 2), Math.max(0, height - 2))
  pen.beginPath()
  pen.roundRect(left, top + edge * 0.1, edge, edge * 0.8, edge * 0.08)
  pen.moveTo(left + edge * 0.08, top + edge * 0.76)
  pen.lineTo(left + edge * 0.36, top + edge * 0.42)
  pen.lineTo(left + edge * 0.56, top + edge * 0.66)
  pen.lineTo(left + edge * 0.7, top + edge * 0.54)
  pen.lineTo(left + edge * 0.92, top + edge * 0.76)
  pen.moveTo(left + edge * 0.84, top + edge * 0.32)
  pen.arc(left + edge * 0.75, top + edge * 0.32, edge * 0.09, 0, 2 * Math.PI)
  pen.stroke()
}
