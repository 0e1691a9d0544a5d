import type { Rect } from '../../drawing/geometry.ts'
import type { Layer } from '../../drawing/layer.ts'
import type { BoardView } from '../../whiteboard/index.ts'
import type { Fit } from '../layout/index.ts'
import type { ScenePlan, Tile } from '../plan/scene-plan.ts'
import { cornerLayers, ringLayers, shadowLayer } from './edges.ts'
import { overlayLayer, type PlacedLayer } from './overlay-layers.ts'
import { handLayer, type LayerStyle, labelLayer, labelMargin, placeholderLayer } from './tile-layers.ts'

export interface FrameStep {
  readonly kind: 'frame'
  readonly sourceId: string
  readonly rect: Rect
  readonly fit: Fit
  readonly opacity: number
  /** 0 where corner layers follow, which round the tile by covering its corners. */
  readonly clipRadius: number
}

export interface LayerStep {
  readonly kind: 'layer'
  readonly layer: Layer
  /** The layer's own size, except while a transition scales it. */
  readonly rect: Rect
  readonly opacity: number
  readonly clipRadius: number
}

/** One thing to draw into the picture; a compositor of any kind draws these in order. */
export type PaintStep = FrameStep | LayerStep

/** The picture of this plan as steps over `COLORS.background`. Layers are drawn here, at most once per content. */
export function paintSteps(plan: ScenePlan, style: LayerStyle, board: BoardView): PaintStep[] {
  return [
    ...plan.tiles.flatMap((tile) => tileSteps(tile, style, board)),
    ...plan.overlays.flatMap((overlay) => stepOf(overlayLayer(overlay, style), overlay.opacity)),
  ]
}

function tileSteps(tile: Tile, style: LayerStyle, board: BoardView): PaintStep[] {
  const { cache } = style
  const shape = { radius: tile.radius, blur: Math.max(2, Math.round(9 * style.scale)) }
  const steps = tile.floating && tile.radius > 0 ? stepOf(shadowLayer(cache, tile.rect, shape), tile.opacity) : []
  steps.push(faceStep(tile, style, board))
  if (!tile.floating && tile.radius > 0) {
    for (const corner of cornerLayers(cache, tile.rect, tile.radius)) steps.push(...stepOf(corner, tile.opacity))
  }
  if (tile.ring > 0) {
    const line = Math.max(2, Math.round(3 * style.scale))
    const rings = ringLayers(cache, tile.rect, { radius: tile.radius, line })
    for (const ring of rings) steps.push(...stepOf(ring, tile.ring * tile.opacity))
  }
  return [...steps, ...markSteps(tile, style)]
}

function faceStep(tile: Tile, style: LayerStyle, board: BoardView): PaintStep {
  const { rect, opacity } = tile
  const clipRadius = tile.floating ? tile.radius : 0
  switch (tile.kind) {
    case 'source':
      return { kind: 'frame', sourceId: tile.sourceId, rect, fit: tile.fit, opacity, clipRadius }
    case 'placeholder':
      return { kind: 'layer', layer: placeholderLayer(tile, style), rect, opacity, clipRadius }
    case 'board':
      return { kind: 'layer', layer: board.render(tile.page, tile.restingRect), rect, opacity, clipRadius }
  }
}

function markSteps(tile: Tile, style: LayerStyle): PaintStep[] {
  if (tile.label === null) return []
  const { rect, opacity } = tile
  const margin = labelMargin(style.scale)
  const label = labelLayer(tile, style)
  const steps: PaintStep[] = []
  if (label !== null) {
    const y = rect.y + rect.height - label.canvas.height - margin
    steps.push(...stepOf({ layer: label, x: rect.x + margin, y }, opacity))
  }
  if (tile.marks.hand) {
    const hand = handLayer(style, tile.restingRect.height)
    const x = rect.x + rect.width - hand.canvas.width - margin
    steps.push(...stepOf({ layer: hand, x, y: rect.y + margin }, opacity))
  }
  return steps
}

function stepOf(placed: PlacedLayer | null, opacity: number): PaintStep[] {
  if (placed === null || opacity <= 0) return []
  const { canvas } = placed.layer
  const rect = { x: placed.x, y: placed.y, width: canvas.width, height: canvas.height }
  return [{ kind: 'layer', layer: placed.layer, rect, opacity, clipRadius: 0 }]
}
