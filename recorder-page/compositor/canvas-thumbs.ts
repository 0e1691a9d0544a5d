import type { Rect } from '../drawing/geometry.ts'
import { type Pen, penOf } from '../drawing/layer.ts'
import { type PictureThumbs, THUMB, type Thumb } from './picture-thumbs.ts'

/** Thumbnails drawn on a small canvas. */
export class CanvasThumbs implements PictureThumbs {
  readonly #picture: OffscreenCanvas
  readonly #pen: Pen

  constructor(picture: OffscreenCanvas) {
    this.#picture = picture
    this.#pen = penOf(new OffscreenCanvas(THUMB.width, THUMB.height), { alpha: false })
  }

  ofSource(_sourceId: string, frame: VideoFrame): Thumb {
    this.#pen.drawImage(frame, 0, 0, THUMB.width, THUMB.height)
    return this.#read()
  }

  ofPicture({ x, y, width, height }: Rect = { x: 0, y: 0, ...sizeOf(this.#picture) }): Thumb {
    this.#pen.drawImage(this.#picture, x, y, width, height, 0, 0, THUMB.width, THUMB.height)
    return this.#read()
  }

  #read(): Thumb {
    const { data } = this.#pen.getImageData(0, 0, THUMB.width, THUMB.height)
    return Float32Array.from({ length: THUMB.width * THUMB.height }, (_, i) => lumaOf(data, 4 * i))
  }
}

function sizeOf({ width, height }: OffscreenCanvas) {
  return { width, height }
}

/** ITU-R BT.709, of full range. */
function lumaOf(data: Uint8ClampedArray, at: number): number {
  return 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0)
}
