export interface Size {
  readonly width: number
  readonly height: number
}
/** Pixels of the picture. Every number of a tile's rectangle is even, so I420 planes halve exactly. */
export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

export const WIDE = 16 / 9

/** The nearest even integer. */
export function even(value: number): number {
  return Math.round(value / 2) * 2
}

/** The even integer at or below, and never under 2: sizes that must not outgrow their place. */
export function evenSize(value: number): number {
  return Math.max(2, Math.floor(value / 2) * 2)
}

/** The rectangle with even edges nearest to this one. */
export function evenRect(rect: Rect): Rect {
  const x = even(rect.x)
  const y = even(rect.y)
  return {
    x,
    y,
    width: Math.max(2, even(rect.x + rect.width) - x),
    height: Math.max(2, even(rect.y + rect.height) - y),
  }
}

export function inset(rect: Rect, by: number): Rect {
  return evenRect({ x: rect.x + by, y: rect.y + by, width: rect.width - 2 * by, height: rect.height - 2 * by })
}

/** The largest rectangle of this aspect inside the area, in its middle. */
export function fitAspect(area: Rect, aspect: number): Rect {
  return middle(area, Math.min(area.width, area.height * aspect), Math.min(area.height, area.width / aspect))
}

/** A rectangle of this size in the middle of the area. */
export function middle(area: Rect, width: number, height: number): Rect {
  const size = { width: evenSize(width), height: evenSize(height) }
  return { x: area.x + halfOf(area.width - size.width), y: area.y + halfOf(area.height - size.height), ...size }
}

function halfOf(space: number): number {
  return Math.max(0, Math.floor(space / 4) * 2)
}

/** Cuts a column of this width off the right side. */
export function splitRight(area: Rect, width: number, gap: number): readonly [Rect, Rect] {
  const right = evenSize(Math.min(width, area.width - gap - 2))
  const left = evenSize(area.width - right - gap)
  return [
    { ...area, width: left },
    { ...area, x: area.x + area.width - right, width: right },
  ]
}

/** Cuts a row of this height off the bottom. */
export function splitBottom(area: Rect, height: number, gap: number): readonly [Rect, Rect] {
  const bottom = evenSize(Math.min(height, area.height - gap - 2))
  const top = evenSize(area.height - bottom - gap)
  return [
    { ...area, height: top },
    { ...area, y: area.y + area.height - bottom, height: bottom },
  ]
}

/** True when the two share at least one pixel. */
export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
