import type { Pen } from '../../drawing/layer.ts'
import { COLORS } from '../../drawing/tokens.ts'

interface IconPlace {
  readonly x: number
  readonly y: number
  /** Edge of the square it is drawn in. */
  readonly size: number
}

/** A microphone with a stroke through it. */
export function drawMutedIcon(pen: Pen, { x, y, size }: IconPlace): void {
  pen.save()
  pen.translate(x, y)
  pen.scale(size / 24, size / 24)
  pen.lineWidth = 2.2
  pen.lineCap = 'round'
  pen.strokeStyle = COLORS.muted
  pen.fillStyle = COLORS.muted
  pen.beginPath()
  pen.roundRect(9, 2.5, 6, 11.5, 3)
  pen.fill()
  pen.beginPath()
  pen.arc(12, 11, 6.6, 0.08 * Math.PI, 0.92 * Math.PI)
  pen.moveTo(12, 17.6)
  pen.lineTo(12, 21.4)
  pen.stroke()
  pen.globalCompositeOperation = 'destination-out'
  strike(pen, 5)
  pen.globalCompositeOperation = 'source-over'
  strike(pen, 2.2)
  pen.restore()
}

function strike(pen: Pen, width: number): void {
  pen.lineWidth = width
  pen.beginPath()
  pen.moveTo(4, 3.2)
  pen.lineTo(20, 20.8)
  pen.stroke()
}

/** An open hand. */
export function drawHandIcon(pen: Pen, { x, y, size }: IconPlace): void {
  pen.save()
  pen.translate(x, y)
  pen.scale(size / 24, size / 24)
  pen.strokeStyle = COLORS.onHand
  pen.fillStyle = COLORS.onHand
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.lineWidth = 2.7
  pen.beginPath()
  for (const [fingerX, top] of [
    [8.2, 6.6],
    [11.5, 4.4],
    [14.8, 5],
    [18, 7.6],
  ] as const) {
    pen.moveTo(fingerX, 13.5)
    pen.lineTo(fingerX, top)
  }
  pen.stroke()
  pen.beginPath()
  pen.moveTo(6.9, 11.5)
  pen.lineTo(19.35, 11.5)
  pen.lineTo(19.35, 14.2)
  pen.bezierCurveTo(19.35, 19.2, 16.6, 21.6, 13.2, 21.6)
  pen.bezierCurveTo(9.8, 21.6, 8.4, 20.2, 7, 17.8)
  pen.lineTo(4.1, 13.4)
  pen.bezierCurveTo(3.6, 12.3, 5.2, 11.2, 6.2, 12.2)
  pen.lineTo(7.6, 14)
  pen.closePath()
  pen.fill()
  pen.restore()
}
