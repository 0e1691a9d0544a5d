import { BOARD_HEIGHT, BOARD_WIDTH } from '../../src/protocol/board.ts'
import type { Size } from '../drawing/geometry.ts'
import { COLORS } from '../drawing/tokens.ts'
import { fitBoard } from './bounds.ts'

/** Distance of the dots, board units. */
const GRID = 40

/** Paper with a faint grid of dots, to the edge of the canvas. */
export function drawPaper(pen: OffscreenCanvasRenderingContext2D, size: Size): void {
  pen.fillStyle = COLORS.paper
  pen.fillRect(0, 0, size.width, size.height)
  const { scale, x, y } = fitBoard(size)
  const step = GRID * scale
  if (step < 8) return
  const dot = Math.max(0.8, 1.7 * scale)
  pen.fillStyle = COLORS.paperGrid
  pen.beginPath()
  for (let dotY = firstDot(y + (BOARD_HEIGHT / 2) * scale, step); dotY < size.height; dotY += step) {
    for (let dotX = firstDot(x + (BOARD_WIDTH / 2) * scale, step); dotX < size.width; dotX += step) {
      pen.moveTo(dotX + dot, dotY)
      pen.arc(dotX, dotY, dot, 0, 2 * Math.PI)
    }
  }
  pen.fill()
}

/** The first dot of a row that has one in the middle of the board. */
function firstDot(middle: number, step: number): number {
  return middle - Math.floor(middle / step) * step
}
