import type { Rect } from './geometry.ts'

export type Pen = OffscreenCanvasRenderingContext2D

/** A drawn part of the picture. A key stands for one content: the same key always has the same pixels. */
export interface Layer {
  readonly key: string
  readonly canvas: OffscreenCanvas
  /** What differs from the layer that had the key `since`, where that is known. */
  readonly change?: { readonly since: string; readonly rect: Rect } | undefined
}

/** Layers unused for this long are dropped. */
const KEEP_UNUSED_MS = 2000

/** Draws each layer once and keeps it while it is in use. */
export class LayerCache {
  readonly #layers = new Map<string, { readonly layer: Layer; usedAtMs: number }>()
  #nowMs = 0

  get size(): number {
    return this.#layers.size
  }

  /** The layer of this key, drawn now if there is none. */
  get(key: string, size: { readonly width: number; readonly height: number }, draw: (pen: Pen) => void): Layer {
    const known = this.#layers.get(key)
    if (known !== undefined) {
      known.usedAtMs = this.#nowMs
      return known.layer
    }
    const canvas = new OffscreenCanvas(Math.max(1, Math.ceil(size.width)), Math.max(1, Math.ceil(size.height)))
    draw(penOf(canvas))
    const layer = { key, canvas }
    this.#layers.set(key, { layer, usedAtMs: this.#nowMs })
    return layer
  }

  /** Ends a picture: drops layers that have not been used for a while. */
  sweep(nowMs: number): void {
    for (const [key, entry] of this.#layers) {
      if (entry.usedAtMs === this.#nowMs) entry.usedAtMs = nowMs
      else if (nowMs - entry.usedAtMs > KEEP_UNUSED_MS) this.#layers.delete(key)
    }
    this.#nowMs = nowMs
  }

  /** Drops all layers, for a change of fonts. */
  clear(): void {
    this.#layers.clear()
  }
}

/** The drawing context of a canvas that lives in main memory. */
export function penOf(canvas: OffscreenCanvas, options: { readonly alpha?: boolean } = {}): Pen {
  const pen = canvas.getContext('2d', { willReadFrequently: true, ...options })
  if (pen === null) throw new TypeError('A canvas of this worker gives no 2D context: it is already used otherwise')
  return pen
}
