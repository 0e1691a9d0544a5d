import type { Rect } from '../../drawing/geometry.ts'
import { type PictureThumbs, THUMB, type Thumb } from '../picture-thumbs.ts'
import { fullRangeOf } from './colour.ts'
import { intersect } from './damage.ts'
import type { FrameIntake } from './frame-intake.ts'
import type { Kernels } from './kernels/kernels.ts'
import { wholeOf } from './plane-work.ts'
import { type Planes, partsOf } from './planes.ts'

/** A point is the mean of a square of so many samples. */
const POINT = 2

/** Thumbnails of planes: no frame and no picture is drawn for them. */
export class PlaneThumbs implements PictureThumbs {
  readonly #kernels: Kernels
  readonly #picture: Planes
  readonly #intake: FrameIntake

  constructor(kernels: Kernels, picture: Planes, intake: FrameIntake) {
    this.#kernels = kernels
    this.#picture = picture
    this.#intake = intake
  }

  ofSource(sourceId: string): Thumb | undefined {
    const staged = this.#intake.get(sourceId)
    return staged === undefined ? undefined : this.#thumb(staged.planes, wholeOf(staged.planes))
  }

  ofPicture(region: Rect = wholeOf(this.#picture)): Thumb {
    return this.#thumb(this.#picture, intersect(region, wholeOf(this.#picture)))
  }

  #thumb(planes: Planes, region: Rect): Thumb {
    const { x, y, width, height } = region
    const [{ at, stride }] = partsOf(planes, wholeOf(planes))
    const side = Math.max(1, Math.min(POINT, width, height))
    return Float32Array.from({ length: THUMB.width * THUMB.height }, (_, i) => {
      const [column, row] = [i % THUMB.width, Math.floor(i / THUMB.width)]
      const left = x + pointAt(column, THUMB.width, width - side)
      const top = y + pointAt(row, THUMB.height, height - side)
      return fullRangeOf(this.#kernels.code.meanOf(at + top * stride + left, stride, side, side) / 256)
    })
  }
}

/** The middle of one of `count` equal parts. */
function pointAt(index: number, count: number, length: number): number {
  return Math.max(0, Math.round(((index + 0.5) / count) * length))
}
