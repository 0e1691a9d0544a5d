import type { Size } from './geometry.ts'
import { type Pen, penOf } from './layer.ts'
import { isRightToLeft, type Measure } from './text.ts'
import { FONT_STACK } from './tokens.ts'

/** Pixels for one unit of the 720p design. */
export function scaleOf(size: Size): number {
  return Math.min(size.width / 1280, size.height / 720)
}

/** Type does not shrink as fast as the picture: it must stay legible at 360p. */
export function typeScaleOf(size: Size): number {
  return Math.max(0.76, scaleOf(size))
}

export interface TypeStyle {
  readonly px: number
  readonly weight?: number
}

export function fontOf({ px, weight = 500 }: TypeStyle): string {
  return `${weight} ${Math.round(px * 2) / 2}px ${FONT_STACK}`
}

let ruler: Pen | undefined

export function measureIn(style: TypeStyle): Measure {
  ruler ??= penOf(new OffscreenCanvas(1, 1))
  const pen = ruler
  const font = fontOf(style)
  return (text) => {
    pen.font = font
    return pen.measureText(text).width
  }
}

interface TextPlace {
  readonly x: number
  /** Of the middle of the line. */
  readonly y: number
  readonly style: TypeStyle
  readonly color: string
  readonly align?: 'left' | 'center' | 'right'
  /** Of a sentence whose first name may run the other way; without it the text decides. */
  readonly direction?: 'ltr'
}

/** Draws one line around its optical middle, right to left where its script asks for it. */
export function drawText(pen: Pen, text: string, { x, y, style, color, align = 'left', direction }: TextPlace): void {
  pen.font = fontOf(style)
  pen.fillStyle = color
  pen.textAlign = align
  pen.textBaseline = 'alphabetic'
  pen.direction = direction ?? (isRightToLeft(text) ? 'rtl' : 'ltr')
  pen.fillText(text, x, y + style.px * 0.36)
}
