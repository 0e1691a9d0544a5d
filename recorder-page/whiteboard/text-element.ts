import type { BoardElement } from '../../src/protocol/board.ts'
import type { Rect } from '../drawing/geometry.ts'
import { isRightToLeft } from '../drawing/text.ts'
import { COLORS } from '../drawing/tokens.ts'
import { fontOf, measureIn } from '../drawing/type.ts'

type TextElement = Extract<BoardElement, { kind: 'text' }>

const DEFAULT_TEXT_SIZE = 32
const LINE_HEIGHT = 1.32

/** The place of the text in board units; `x` and `y` are its top left corner in every script. */
export function textBox(element: TextElement): Rect {
  const style = styleOf(element)
  const lines = linesOf(element)
  const width = Math.max(...lines.map(measureIn(style)))
  return { x: element.x, y: element.y, width, height: lines.length * style.px * LINE_HEIGHT }
}

export function drawTextElement(pen: OffscreenCanvasRenderingContext2D, element: TextElement): void {
  const style = styleOf(element)
  const box = textBox(element)
  pen.font = fontOf(style)
  pen.fillStyle = element.color ?? COLORS.ink
  pen.textBaseline = 'alphabetic'
  linesOf(element).forEach((line, index) => {
    const rightToLeft = isRightToLeft(line)
    pen.direction = rightToLeft ? 'rtl' : 'ltr'
    pen.textAlign = rightToLeft ? 'right' : 'left'
    pen.fillText(line, rightToLeft ? box.x + box.width : box.x, box.y + (index * LINE_HEIGHT + 1) * style.px)
  })
}

function styleOf(element: TextElement) {
  return { px: element.size ?? DEFAULT_TEXT_SIZE, weight: 480 }
}

function linesOf(element: TextElement): string[] {
  return element.text.replaceAll('\t', '    ').split(/\r\n|\r|\n/)
}
