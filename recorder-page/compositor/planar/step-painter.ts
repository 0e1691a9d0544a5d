import type { Rect } from '../../drawing/geometry.ts'
import { type Layer, penOf } from '../../drawing/layer.ts'
import { COLORS } from '../../drawing/tokens.ts'
import { type FrameStep, fitFrame } from '../../scene/index.ts'
import { yuvOf } from './colour.ts'
import { intersect } from './damage.ts'
import type { StagedFrame } from './frame-intake.ts'
import type { Kernels } from './kernels/kernels.ts'
import type { LayerRasters, Raster } from './layer-rasters.ts'
import { blendPlanes, copyPlanes, fillPlanes, maskPlanes, wholeOf } from './plane-work.ts'
import { type Planes, partsOf, takePlanes } from './planes.ts'
import { Scaler } from './scaler.ts'

const BACKGROUND = yuvOf(COLORS.background)
const TILE = yuvOf(COLORS.tile)
/** Opacity of the kernels. */
const OPAQUE = 256

/** Paints single steps into the picture's planes. */
export class StepPainter {
  readonly #kernels: Kernels
  readonly #picture: Planes
  readonly #rasters: LayerRasters
  readonly #scaler: Scaler
  /** Where a frame is put together before it is laid over the picture. */
  #scratch: Planes | undefined
  #white: Layer | undefined

  constructor(kernels: Kernels, picture: Planes, rasters: LayerRasters) {
    this.#kernels = kernels
    this.#picture = picture
    this.#rasters = rasters
    this.#scaler = new Scaler(kernels)
  }

  clear(rect: Rect): void {
    fillPlanes(this.#kernels, partsOf(this.#picture, rect), BACKGROUND)
  }

  /** Paints what of the layer lies `within`, whose edges are even. */
  layer({ color, alpha, x, y, isOpaque, isEmpty }: Raster, opacity: number, within: Rect): void {
    const rect = intersect({ x, y, width: color.width, height: color.height }, within)
    if (isEmpty || rect.width === 0 || rect.height === 0) return
    const target = partsOf(this.#picture, rect)
    const place = { x: rect.x - x, y: rect.y - y }
    if (isOpaque && opacity >= 1) copyPlanes(this.#kernels, target, partsOf(color, { ...rect, ...place }))
    else blendPlanes(this.#kernels, target, { color, alpha, ...place, opacity: Math.round(opacity * OPAQUE) })
  }

  /** Paints the whole tile of a source; one without a frame is left empty. */
  frame(step: FrameStep, staged: StagedFrame | undefined, nowMs: number): void {
    const { rect, opacity, clipRadius } = step
    const visible = intersect(rect, wholeOf(this.#picture))
    const isInside = visible.width === rect.width && visible.height === rect.height
    if (opacity >= 1 && clipRadius === 0 && isInside) return this.#place(step, staged, this.#picture, rect)
    const scratch = this.#scratchOf(rect)
    this.#place(step, staged, scratch, wholeOf(rect))
    if (visible.width === 0 || visible.height === 0) return
    const mask = this.#rasters.get(this.#whiteLayer(), { rect: wholeOf(rect), clipRadius }, nowMs)
    maskPlanes(this.#kernels, partsOf(this.#picture, visible), {
      color: scratch,
      alpha: mask.alpha,
      x: visible.x - rect.x,
      y: visible.y - rect.y,
      opacity: Math.round(opacity * OPAQUE),
    })
  }

  #place({ fit }: FrameStep, staged: StagedFrame | undefined, target: Planes, place: Rect): void {
    if (staged === undefined) return fillPlanes(this.#kernels, partsOf(target, place), TILE)
    const { planes, display } = staged
    const { from, to } = fitFrame(display, place, fit)
    if (to.width < place.width || to.height < place.height) fillPlanes(this.#kernels, partsOf(target, place), TILE)
    const [kx, ky] = [planes.width / display.width, planes.height / display.height]
    const part = { x: from.x * kx, y: from.y * ky, width: from.width * kx, height: from.height * ky }
    const isCopy = part.width === to.width && part.height === to.height && part.x % 2 === 0 && part.y % 2 === 0
    if (isCopy) copyPlanes(this.#kernels, partsOf(target, to), partsOf(planes, part))
    else this.#scaler.scale(planes, part, target, to)
  }

  #scratchOf(size: Rect): Planes {
    const known = this.#scratch
    if (known?.width === size.width && known.height === size.height) return known
    if (known !== undefined) this.#kernels.give(known.at)
    this.#scratch = takePlanes(this.#kernels, size)
    return this.#scratch
  }

  /** Its raster at any size and radius is the mask of a tile. */
  #whiteLayer(): Layer {
    if (this.#white !== undefined) return this.#white
    const canvas = new OffscreenCanvas(1, 1)
    const pen = penOf(canvas)
    pen.fillStyle = '#ffffff'
    pen.fillRect(0, 0, 1, 1)
    this.#white = { key: 'mask', canvas }
    return this.#white
  }
}
