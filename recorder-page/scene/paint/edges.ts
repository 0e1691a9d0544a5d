import type { Rect } from '../../drawing/geometry.ts'
import type { LayerCache, Pen } from '../../drawing/layer.ts'
import { COLORS } from '../../drawing/tokens.ts'
import type { PlacedLayer } from './overlay-layers.ts'

const CORNERS = ['left-top', 'right-top', 'left-bottom', 'right-bottom'] as const

/** Rounds a tile by four small pieces of background over its corners: far cheaper than a clip in every picture. */
export function cornerLayers(cache: LayerCache, rect: Rect, radius: number): PlacedLayer[] {
  return CORNERS.map((corner) => {
    const right = corner.startsWith('right')
    const bottom = corner.endsWith('bottom')
    const layer = cache.get(`corner|${corner}|${radius}`, { width: radius, height: radius }, (pen) => {
      pen.fillStyle = COLORS.background
      pen.fillRect(0, 0, radius, radius)
      pen.globalCompositeOperation = 'destination-out'
      pen.beginPath()
      pen.arc(right ? 0 : radius, bottom ? 0 : radius, radius, 0, 2 * Math.PI)
      pen.fill()
    })
    const x = right ? rect.x + rect.width - radius : rect.x
    const y = bottom ? rect.y + rect.height - radius : rect.y
    return { layer, x, y }
  })
}

/** The ring around the active speaker, as four strips, so that only the edge is blended and not the whole tile. */
export function ringLayers(
  cache: LayerCache,
  rect: Rect,
  { radius, line }: { radius: number; line: number },
): PlacedLayer[] {
  const { width, height } = rect
  const reach = line
  const edge = radius + line
  const strips: readonly Rect[] = [
    { x: -reach, y: -reach, width: width + 2 * reach, height: edge },
    { x: -reach, y: height + reach - edge, width: width + 2 * reach, height: edge },
    { x: -reach, y: edge - reach, width: 2 * line, height: height + 2 * reach - 2 * edge },
    { x: width + reach - 2 * line, y: edge - reach, width: 2 * line, height: height + 2 * reach - 2 * edge },
  ]
  return strips.flatMap((strip, index) => {
    if (strip.width < 1 || strip.height < 1) return []
    const layer = cache.get(`ring|${index}|${width}x${height}|${radius}|${line}`, strip, (pen) => {
      pen.translate(-strip.x, -strip.y)
      strokeRing(pen, { x: 0, y: 0, width, height }, { radius, line })
    })
    return [{ layer, x: rect.x + strip.x, y: rect.y + strip.y }]
  })
}

function strokeRing(pen: Pen, rect: Rect, { radius, line }: { radius: number; line: number }): void {
  pen.strokeStyle = COLORS.speaking
  pen.lineWidth = line
  pen.beginPath()
  pen.roundRect(rect.x - line / 2, rect.y - line / 2, rect.width + line, rect.height + line, radius + line / 2)
  pen.stroke()
}

/** The soft shadow of a floating tile, to be drawn under it. */
export function shadowLayer(
  cache: LayerCache,
  rect: Rect,
  { radius, blur }: { radius: number; blur: number },
): PlacedLayer {
  const { width, height } = rect
  const size = { width: width + 4 * blur, height: height + 4 * blur }
  const layer = cache.get(`shadow|${width}x${height}|${radius}|${blur}`, size, (pen) => {
    pen.shadowColor = COLORS.shadow
    pen.shadowBlur = 2 * blur
    pen.shadowOffsetY = blur * 0.4
    pen.fillStyle = '#000000'
    pen.beginPath()
    pen.roundRect(2 * blur, 2 * blur, width, height, radius)
    pen.fill()
  })
  return { layer, x: rect.x - 2 * blur, y: rect.y - 2 * blur }
}
