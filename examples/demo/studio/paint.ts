export type Context = OffscreenCanvasRenderingContext2D

interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export function roundRect(context: Context, box: Rect, radius: number, fill: string | CanvasGradient): void {
  context.beginPath()
  context.roundRect(box.x, box.y, box.width, box.height, radius)
  context.fillStyle = fill
  context.fill()
}

export function oval(context: Context, box: Rect, fill: string | CanvasGradient): void {
  context.beginPath()
  context.ellipse(box.x, box.y, box.width, box.height, 0, 0, 2 * Math.PI)
  context.fillStyle = fill
  context.fill()
}

/** Fills a closed SVG path. */
export function shape(context: Context, path: string, fill: string | CanvasGradient): void {
  context.fillStyle = fill
  context.fill(new Path2D(path))
}

export function outline(context: Context, path: string, color: string, width: number): void {
  context.strokeStyle = color
  context.lineWidth = width
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.stroke(new Path2D(path))
}

/** A gradient from top to bottom between two heights. */
export function fade(context: Context, top: number, bottom: number, colors: readonly [string, string]): CanvasGradient {
  const gradient = context.createLinearGradient(0, top, 0, bottom)
  gradient.addColorStop(0, colors[0])
  gradient.addColorStop(1, colors[1])
  return gradient
}

/** Light that falls off around a point. */
export function glow(context: Context, at: { x: number; y: number; radius: number }, color: string): void {
  const gradient = context.createRadialGradient(at.x, at.y, 0, at.x, at.y, at.radius)
  gradient.addColorStop(0, color)
  gradient.addColorStop(1, `${color.slice(0, 7)}00`)
  context.fillStyle = gradient
  context.fillRect(at.x - at.radius, at.y - at.radius, 2 * at.radius, 2 * at.radius)
}
