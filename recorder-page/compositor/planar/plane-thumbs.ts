import type { Rect, Size } from '../../drawing/geometry.ts'
import { type PictureThumbs, THUMB, type Thumb } from '../picture-thumbs.ts'
import { fullRangeOf } from './colour.ts'
import { intersect } from './damage.ts'
import type { FrameIntake } from './frame-intake.ts'
import type { Kernels } from './kernels/kernels.ts'
import { wholeOf } from './plane-work.ts'
import { type Planes, partsOf } from './planes.ts'

/** Luma of a picture or a part of it. */
interface Luma extends Size {
  readonly bytes: Uint8Array
  readonly at: number
  readonly stride: number
  readonly isFull: boolean
}

interface ThumbsOptions {
  readonly kernels: Kernels
  readonly picture: Planes
  readonly intake: FrameIntake
  readonly onError: (error: unknown) => void
}

/**
 * Thumbnails of planes: no frame and no picture is drawn for them. Frames of the usual formats are read once more, past the intake and the
 * kernels, so that a fault of those does not show in both places.
 */
export class PlaneThumbs implements PictureThumbs {
  readonly #options: ThumbsOptions
  #copy = new Uint8Array()

  constructor(options: ThumbsOptions) {
    this.#options = options
  }

  ofSource(sourceId: string, frame: VideoFrame): Thumb | undefined {
    if (frame.format === 'I420' || frame.format === 'NV12') return thumbOf(this.#read(frame))
    const planes = this.#options.intake.get(sourceId)?.planes
    return planes === undefined ? undefined : thumbOf(this.#lumaOf(planes, wholeOf(planes)))
  }

  ofPicture(region?: Rect): Thumb {
    const { picture } = this.#options
    return thumbOf(this.#lumaOf(picture, intersect(region ?? wholeOf(picture), wholeOf(picture))))
  }

  #lumaOf(planes: Planes, region: Rect): Luma {
    const { at, stride } = partsOf(planes, wholeOf(planes))[0]
    const { x, y, width, height } = region
    return { bytes: this.#options.kernels.bytes, at: at + y * stride + x, stride, width, height, isFull: false }
  }

  #read(frame: VideoFrame): Luma {
    const { visibleRect, codedWidth, codedHeight, colorSpace } = frame
    const { width, height } = visibleRect ?? { width: codedWidth, height: codedHeight }
    const length = frame.allocationSize()
    if (this.#copy.length < length) this.#copy = new Uint8Array(length)
    frame.copyTo(this.#copy).catch(this.#options.onError)
    return { bytes: this.#copy, at: 0, stride: width, width, height, isFull: colorSpace.fullRange === true }
  }
}

/** Each point is the mean of the four samples at its middle. */
function thumbOf({ bytes, at, stride, width, height, isFull }: Luma): Thumb {
  const [right, down] = [width > 1 ? 1 : 0, height > 1 ? stride : 0]
  return Float32Array.from({ length: THUMB.width * THUMB.height }, (_, i) => {
    const x = middleOf(i % THUMB.width, THUMB.width, width - right)
    const y = middleOf(Math.floor(i / THUMB.width), THUMB.height, height - (height > 1 ? 1 : 0))
    const first = at + y * stride + x
    const sum = [first, first + right, first + down, first + right + down].reduce((all, k) => all + (bytes[k] ?? 0), 0)
    return isFull ? sum / 4 : fullRangeOf(sum / 4)
  })
}

/** Where the middle of one of `count` equal parts is. */
function middleOf(index: number, count: number, length: number): number {
  return Math.max(0, Math.min(length - 1, Math.round(((index + 0.5) / count) * length - 0.5)))
}
