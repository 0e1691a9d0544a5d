import type { Rect } from '../../drawing/geometry.ts'
import { type Layer, penOf } from '../../drawing/layer.ts'
import { intersect } from './damage.ts'
import type { Kernels } from './kernels/kernels.ts'
import { wholeOf } from './plane-work.ts'
import { evenAround, type Planes, partsOf, takePlanes } from './planes.ts'

/** A layer as premultiplied planes with their alpha, from an even place on. */
export interface Raster {
  /** Its content: the same key stands for the same samples. */
  readonly key: string
  readonly color: Planes
  /** Y holds the alpha, U that of the chroma. */
  readonly alpha: Planes
  /** Where it begins in the picture. */
  readonly x: number
  readonly y: number
  readonly isOpaque: boolean
  readonly isEmpty: boolean
}

/** Where a layer is painted. */
interface Place {
  readonly rect: Rect
  readonly clipRadius: number
}

interface Made {
  readonly key: string
  readonly color: Planes
  readonly alpha: Planes
  readonly isOpaque: boolean
  readonly isEmpty: boolean
  usedMs: number
}

/** What the kernel answers. */
const OPAQUE = 1
const EMPTY = 2
const KEEP_UNUSED_MS = 1000

/** Rasters of layers, made once for each content, size, and place within a pair of pixels. */
export class LayerRasters {
  readonly #kernels: Kernels
  readonly #made = new Map<string, Made>()

  constructor(kernels: Kernels) {
    this.#kernels = kernels
  }

  get(layer: Layer, place: Place, nowMs: number): Raster {
    const { x, y } = evenAround(place.rect)
    const made = this.#find(layer, place) ?? this.#make(layer, place)
    made.usedMs = nowMs
    return { ...made, x, y }
  }

  #keyOf(layerKey: string, { rect, clipRadius }: Place): string {
    const { x, y } = evenAround(rect)
    return `${layerKey}|${rect.width}x${rect.height}|${rect.x - x},${rect.y - y}|${clipRadius}`
  }

  /** Where in the picture the layer differs from the raster of another key, where that is known. */
  changeOf({ change, canvas }: Layer, place: Place): { readonly since: string; readonly rect: Rect } | undefined {
    if (change === undefined || !isOwnSize(canvas, place.rect)) return undefined
    const { x, y, width, height } = change.rect
    const rect = evenAround({ x: place.rect.x + x, y: place.rect.y + y, width, height })
    return { since: this.#keyOf(change.since, place), rect }
  }

  /** Drops what was not asked for for a while. */
  sweep(nowMs: number): void {
    for (const made of this.#made.values()) if (nowMs - made.usedMs > KEEP_UNUSED_MS) this.#drop(made)
  }

  #drop({ key, color, alpha }: Made): void {
    this.#made.delete(key)
    this.#kernels.give(color.at)
    this.#kernels.give(alpha.at)
  }

  #find(layer: Layer, place: Place): Made | undefined {
    const known = this.#made.get(this.#keyOf(layer.key, place))
    return known ?? (layer.change === undefined ? undefined : this.#renew(layer, layer.change, place))
  }

  /** Only what changed is read, where the layer is painted as it is. */
  #renew(layer: Layer, change: NonNullable<Layer['change']>, place: Place): Made | undefined {
    const before = this.#made.get(this.#keyOf(change.since, place))
    const isPlain = place.clipRadius === 0 && isOwnSize(layer.canvas, place.rect) && isEven(place.rect)
    if (before === undefined || !isPlain) return undefined
    const part = intersect(evenAround(change.rect), wholeOf(before.color))
    const kind = this.#read(penOf(layer.canvas).getImageData(part.x, part.y, part.width, part.height), before, part)
    this.#made.delete(before.key)
    const isOpaque = before.isOpaque && kind === OPAQUE
    const made = { ...before, key: this.#keyOf(layer.key, place), isOpaque, isEmpty: before.isEmpty && kind === EMPTY }
    this.#made.set(made.key, made)
    return made
  }

  #make(layer: Layer, place: Place): Made {
    const key = this.#keyOf(layer.key, place)
    const whole = evenAround(place.rect)
    const planes = { color: takePlanes(this.#kernels, whole), alpha: takePlanes(this.#kernels, whole) }
    const kind = this.#read(pixelsOf(layer, place), planes, { x: 0, y: 0 })
    const made = { key, ...planes, isOpaque: kind === OPAQUE, isEmpty: kind === EMPTY, usedMs: 0 }
    this.#made.set(key, made)
    return made
  }

  #read(pixels: ImageData, into: Pick<Made, 'color' | 'alpha'>, { x, y }: { x: number; y: number }): number {
    const { data, width, height } = pixels
    const rgba = this.#kernels.take(data.byteLength)
    this.#kernels.bytes.set(data, rgba)
    const [luma, u, v] = partsOf(into.color, { x, y, width, height })
    const [alpha, alphaC] = partsOf(into.alpha, { x, y, width, height })
    const kind = this.#kernels.code.planesFromRgba(
      ...([rgba, 4 * width, width, height, luma.at, alpha.at, luma.stride] as const),
      ...([u.at, v.at, alphaC.at, u.stride] as const),
    )
    this.#kernels.give(rgba)
    return kind
  }
}

function isOwnSize(canvas: OffscreenCanvas, { width, height }: Rect): boolean {
  return canvas.width === width && canvas.height === height
}

function isEven({ x, y, width, height }: Rect): boolean {
  return [x, y, width, height].every((value) => value % 2 === 0)
}

/** The layer as it lies in the even rectangle around its place. */
function pixelsOf(layer: Layer, { rect, clipRadius }: Place): ImageData {
  const { canvas } = layer
  const whole = evenAround(rect)
  if (clipRadius === 0 && isEven(rect) && isOwnSize(canvas, rect))
    return penOf(canvas).getImageData(0, 0, canvas.width, canvas.height)
  const pen = penOf(new OffscreenCanvas(whole.width, whole.height))
  pen.translate(rect.x - whole.x, rect.y - whole.y)
  if (clipRadius > 0) {
    pen.beginPath()
    pen.roundRect(0, 0, rect.width, rect.height, clipRadius)
    pen.clip()
  }
  pen.drawImage(canvas, 0, 0, rect.width, rect.height)
  return pen.getImageData(0, 0, whole.width, whole.height)
}
