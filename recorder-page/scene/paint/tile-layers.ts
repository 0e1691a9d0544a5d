import type { Rect } from '../../drawing/geometry.ts'
import type { Layer, LayerCache, Pen } from '../../drawing/layer.ts'
import { ellipsize, initialsOf, isRightToLeft } from '../../drawing/text.ts'
import { AVATARS, COLORS, TYPE, tintOf } from '../../drawing/tokens.ts'
import { drawText, measureIn } from '../../drawing/type.ts'
import type { PlaceholderStatus, PlaceholderTile, Tile } from '../plan/scene-plan.ts'
import { drawHandIcon, drawMutedIcon } from './icons.ts'

export interface LayerStyle {
  readonly cache: LayerCache
  /** Pixels for one unit of the 720p design: distances, and type. */
  readonly scale: number
  readonly typeScale: number
}

const STATUS_TEXT: Record<PlaceholderStatus, string> = {
  'camera-off': 'Camera off',
  waiting: 'Waiting for the picture…',
  reconnecting: 'Reconnecting…',
  ended: 'Ended',
}

/** The name at the bottom of a tile, with the mute mark; null without a name or without room for one. */
export function labelLayer(tile: Tile, { cache, scale, typeScale }: LayerStyle): Layer | null {
  if (tile.label === null || tile.restingRect.height < 40) return null
  const small = tile.restingRect.height < 150 * scale
  const style = { px: Math.max(11, TYPE.label * typeScale * (small ? 0.87 : 1)), weight: 560 }
  const padding = Math.round(style.px * 0.66)
  const icon = tile.marks.muted ? Math.round(style.px * 1.12) : 0
  const iconGap = icon === 0 ? 0 : Math.round(style.px * 0.36)
  const room = tile.restingRect.width - 2 * labelMargin(scale) - 2 * padding - icon - iconGap
  if (room < style.px * 2) return null
  const measure = measureIn(style)
  const text = ellipsize(tile.label, room, measure)
  const width = Math.ceil(measure(text)) + 2 * padding + icon + iconGap
  const height = Math.round(style.px * 1.8)
  const key = `label|${text}|${icon}|${style.px}`
  return cache.get(key, { width, height }, (pen) => {
    pen.fillStyle = COLORS.glass
    fillRounded(pen, { x: 0, y: 0, width, height }, height / 2)
    if (icon > 0) drawIconOver(pen, { x: padding * 0.8, y: (height - icon) / 2, size: icon })
    drawText(pen, text, { x: padding + icon + iconGap, y: height / 2, style, color: COLORS.text })
  })
}

/** The icon is drawn on a canvas of its own first: it erases around its stroke, and must not erase the pill. */
function drawIconOver(pen: Pen, { x, y, size }: { x: number; y: number; size: number }): void {
  const canvas = new OffscreenCanvas(size + 2, size + 2)
  const iconPen = canvas.getContext('2d')
  if (iconPen === null) return
  drawMutedIcon(iconPen, { x: 1, y: 1, size })
  pen.drawImage(canvas, Math.round(x) - 1, Math.round(y) - 1)
}

export function labelMargin(scale: number): number {
  return Math.max(4, Math.round(10 * scale))
}

/** The raised hand at the top of a tile. */
export function handLayer({ cache, typeScale }: LayerStyle, tileHeight: number): Layer {
  const size = Math.round(Math.min(34 * typeScale, Math.max(18, tileHeight * 0.24)))
  return cache.get(`hand|${size}`, { width: size, height: size }, (pen) => {
    pen.fillStyle = COLORS.hand
    pen.beginPath()
    pen.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI)
    pen.fill()
    drawHandIcon(pen, { x: size * 0.19, y: size * 0.17, size: size * 0.62 })
  })
}

/** The person's name and why there is no picture, on the tile's background. */
export function placeholderLayer(tile: PlaceholderTile, style: LayerStyle): Layer {
  const { width, height } = tile.restingRect
  const named = tile.label === null
  const key = `placeholder|${tile.name}|${tile.status}|${width}x${height}|${named}`
  return style.cache.get(key, { width, height }, (pen) => drawPlaceholder(pen, tile, { style, named }))
}

function drawPlaceholder(
  pen: Pen,
  tile: PlaceholderTile,
  { style, named }: { style: LayerStyle; named: boolean },
): void {
  const { width, height } = tile.restingRect
  pen.fillStyle = COLORS.tile
  pen.fillRect(0, 0, width, height)
  const radius = Math.min(height * 0.21, width * 0.2, 96 * style.scale)
  const type = {
    px: Math.max(11, TYPE.status * style.typeScale * (height < 220 * style.scale ? 0.86 : 1)),
    weight: 480,
  }
  const roomy = height > type.px * 9
  const lines = roomy ? (named ? 2 : 1) : 0
  const centre = height / 2 - (lines * type.px * 1.6) / 2
  const name = { ...type, px: type.px * 1.12, weight: 620 }
  drawAvatar(pen, tile.name, { x: width / 2, y: centre, radius })
  let y = centre + radius + type.px * 1.5
  if (lines === 2) {
    const text = ellipsize(tile.name, width * 0.86, measureIn(name))
    drawText(pen, text, { x: width / 2, y, style: name, color: COLORS.text, align: 'center' })
    y += type.px * 1.65
  }
  if (lines > 0) {
    const text = ellipsize(STATUS_TEXT[tile.status], width * 0.86, measureIn(type))
    drawText(pen, text, { x: width / 2, y, style: type, color: COLORS.textMuted, align: 'center' })
  }
}

function drawAvatar(pen: Pen, name: string, { x, y, radius }: { x: number; y: number; radius: number }): void {
  pen.fillStyle = tintOf(AVATARS, name)
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.fill()
  const style = { px: radius * 0.78, weight: 600 }
  drawText(pen, initialsOf(name), { x, y, style, color: '#ffffff', align: 'center' })
}

export function fillRounded(pen: Pen, rect: Rect, radius: number): void {
  pen.beginPath()
  pen.roundRect(rect.x, rect.y, rect.width, rect.height, radius)
  pen.fill()
}

/** Where a line of this text begins in a box: at its right edge for right-to-left scripts. */
export function startOf(text: string, box: { readonly x: number; readonly width: number }) {
  return isRightToLeft(text) ? { x: box.x + box.width, align: 'right' as const } : { x: box.x, align: 'left' as const }
}
