import type { Size } from '../../drawing/geometry.ts'
import { COLORS } from '../../drawing/tokens.ts'
import { RGB_TO_PICTURE, recolourOf, yuvOf } from './colour.ts'
import type { Kernels } from './kernels/kernels.ts'
import { blendPlanes, fillPlanes, wholeOf } from './plane-work.ts'
import { chroma, type Plane, type Planes, partsOf, takePlanes } from './planes.ts'

/** What DOM types do not have yet: clockwise, before the flip (WebCodecs §9.4.5). */
interface Turned {
  readonly rotation?: number
  readonly flip?: boolean
}

const TILE = yuvOf(COLORS.tile)

/** The visible size of a frame as it is to be seen, its pixels square or not. */
export function uprightSize(frame: VideoFrame): Size {
  const { width, height } = visibleSize(frame)
  return isSideways(frame) ? { width: height, height: width } : { width, height }
}

function visibleSize({ visibleRect, displayWidth, displayHeight }: VideoFrame): Size {
  return { width: visibleRect?.width ?? displayWidth, height: visibleRect?.height ?? displayHeight }
}

function isSideways(frame: VideoFrame & Turned): boolean {
  return (frame.rotation ?? 0) % 180 !== 0
}

/**
 * Copies frames of any format into planes of the picture's colours, upright. I420 and NV12 go by their planes; all else goes by RGB as Chrome
 * converts it, several times as slow. What is transparent shows `COLORS.tile`.
 */
export class FrameCopy {
  readonly #kernels: Kernels
  readonly #onError: (error: unknown) => void

  constructor(kernels: Kernels, onError: (error: unknown) => void) {
    this.#kernels = kernels
    this.#onError = onError
    kernels.code.setMatrix(...RGB_TO_PICTURE)
  }

  /** `into` has the frame's upright size. */
  copy(frame: VideoFrame & Turned, into: Planes): void {
    // What has no format is drawn, and so it is turned already.
    if (!isTurned(frame) || frame.format === null) return this.#copyAsItLies(frame, into)
    const lying = takePlanes(this.#kernels, visibleSize(frame))
    this.#copyAsItLies(frame, lying)
    this.#turn(frame, lying, into)
    this.#kernels.give(lying.at)
  }

  #copyAsItLies(frame: VideoFrame, into: Planes): void {
    const recolour = recolourOf(frame.colorSpace)
    const isPlanar = frame.format === 'I420' || frame.format === 'NV12'
    if (!isPlanar || recolour === 'rgb') return this.#copyRgb(frame, into)
    if (frame.format === 'I420') this.#copyPlanes(frame, into)
    else this.#copySemiPlanar(frame, into)
    if (recolour === 'none') return
    const { code } = this.#kernels
    code.setRecolour(...recolour)
    code.recolour(into.y, into.u, into.v, into.stride, into.strideC, into.width, into.height)
  }

  #copyPlanes(frame: VideoFrame, { y, u, v, stride, strideC }: Planes): void {
    this.#copyTo(frame, {
      layout: [
        { offset: y, stride },
        { offset: u, stride: strideC },
        { offset: v, stride: strideC },
      ],
    })
  }

  #copySemiPlanar(frame: VideoFrame, { y, u, v, stride, strideC, width, height }: Planes): void {
    const both = this.#kernels.take(2 * strideC * (chroma(height) + 1))
    this.#copyTo(frame, {
      layout: [
        { offset: y, stride },
        { offset: both, stride: 2 * strideC },
      ],
    })
    this.#kernels.code.splitChroma(both, 2 * strideC, u, v, strideC, chroma(width), chroma(height))
    this.#kernels.give(both)
  }

  #copyRgb(frame: VideoFrame, into: Planes): void {
    const even = { width: 2 * chroma(into.width), height: 2 * chroma(into.height) }
    const stride = 4 * even.width
    const rgba = this.#kernels.take(stride * (even.height + 1))
    const options: VideoFrameCopyToOptions = { format: 'RGBA', colorSpace: 'srgb', layout: [{ offset: rgba, stride }] }
    if (frame.format !== null) this.#copyTo(frame, options)
    else this.#draw(frame, { at: rgba, stride, width: into.width, height: into.height })
    const color = takePlanes(this.#kernels, even)
    const alpha = takePlanes(this.#kernels, even)
    this.#kernels.code.planesFromRgba(
      ...([rgba, stride, even.width, even.height, color.y, alpha.y, color.stride] as const),
      ...([color.u, color.v, alpha.u, color.strideC] as const),
    )
    fillPlanes(this.#kernels, partsOf(into, wholeOf(into)), TILE)
    blendPlanes(this.#kernels, partsOf(into, wholeOf(into)), { color, alpha, x: 0, y: 0, opacity: 256 })
    for (const { at } of [color, alpha]) this.#kernels.give(at)
    this.#kernels.give(rgba)
  }

  /** For a frame of which Chrome shows no format, because it does not lie in main memory. */
  #draw(frame: VideoFrame, { at, stride, width, height }: Plane): void {
    const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    if (pen === null) throw new TypeError('Chrome gives no 2D canvas')
    pen.drawImage(frame, 0, 0, width, height)
    const { data } = pen.getImageData(0, 0, width, height)
    for (let row = 0; row < height; row += 1)
      this.#kernels.bytes.set(data.subarray(row * 4 * width, (row + 1) * 4 * width), at + row * stride)
  }

  /** The copy of a frame in main memory is whole when this returns; the promise only tells what went wrong. */
  #copyTo(frame: VideoFrame, options: VideoFrameCopyToOptions): void {
    frame.copyTo(this.#kernels.bytes, options).catch(this.#onError)
  }

  #turn({ rotation = 0, flip = false }: Turned, from: Planes, into: Planes): void {
    const sources = partsOf(from, wholeOf(from))
    const targets = partsOf(into, wholeOf(into))
    for (const [index, source] of sources.entries()) {
      const target = targets[index]
      if (target === undefined) continue
      const { at, dx, dy } = walk(source, rotation, flip)
      this.#kernels.code.turnPlane(at, dx, dy, target.at, target.stride, target.width, target.height)
    }
  }
}

function isTurned({ rotation = 0, flip = false }: VideoFrame & Turned): boolean {
  return rotation !== 0 || flip
}

interface Walk {
  readonly at: number
  readonly dx: number
  readonly dy: number
}

/** Where the result's first sample lies in a plane, and the steps to the next one in its row and column. */
function walk(plane: Plane, rotation: number, flip: boolean): Walk {
  const { at, stride, width, height } = plane
  const right = width - 1
  const bottom = (height - 1) * stride
  const turned: Record<number, Walk> = {
    0: { at, dx: 1, dy: stride },
    90: { at: at + bottom, dx: -stride, dy: 1 },
    180: { at: at + bottom + right, dx: -1, dy: -stride },
    270: { at: at + right, dx: stride, dy: -1 },
  }
  const way = turned[rotation] ?? { at, dx: 1, dy: stride }
  if (!flip) return way
  const last = (rotation % 180 === 0 ? width : height) - 1
  return { at: way.at + last * way.dx, dx: -way.dx, dy: way.dy }
}
