import type { Rect, Size } from '../../drawing/geometry.ts'
import type { Kernels } from './kernels/kernels.ts'

/** Planes of 4:2:0 in the kernels' memory: where each begins, and its stride. All strides are whole vectors. */
export interface Planes extends Size {
  readonly at: number
  readonly length: number
  readonly y: number
  readonly u: number
  readonly v: number
  readonly stride: number
  readonly strideC: number
}

/** One plane of a picture, or a part of one. */
export interface Plane extends Size {
  readonly at: number
  readonly stride: number
}

const VECTOR = 16

/** Planes of this size, all 0. */
export function takePlanes(kernels: Kernels, { width, height }: Size): Planes {
  const stride = Math.ceil(width / VECTOR) * VECTOR
  const strideC = Math.ceil(chroma(width) / VECTOR) * VECTOR
  // `VideoFrame.copyTo` counts whole strides, and one row more where the last one begins inside of a stride.
  const sizeY = stride * (height + 1)
  const sizeC = strideC * (chroma(height) + 1)
  const length = sizeY + 2 * sizeC
  const at = kernels.take(length)
  return { at, length, width, height, y: at, u: at + sizeY, v: at + sizeY + sizeC, stride, strideC }
}

/** The samples of chroma for so many of luma. */
export function chroma(luma: number): number {
  return Math.ceil(luma / 2)
}

/** The part of each plane in a rectangle, whose place is even. */
export function partsOf(planes: Planes, { x, y, width, height }: Rect): readonly [y: Plane, u: Plane, v: Plane] {
  const { stride, strideC } = planes
  const atC = (y >> 1) * strideC + (x >> 1)
  const sizeC = { stride: strideC, width: chroma(width), height: chroma(height) }
  return [
    { at: planes.y + y * stride + x, stride, width, height },
    { at: planes.u + atC, ...sizeC },
    { at: planes.v + atC, ...sizeC },
  ]
}

/** The smallest rectangle of even edges around this one: what changes with it in planes whose chroma is halved. */
export function evenAround({ x, y, width, height }: Rect): Rect {
  const left = Math.floor(x / 2) * 2
  const top = Math.floor(y / 2) * 2
  return { x: left, y: top, width: 2 * chroma(x + width - left), height: 2 * chroma(y + height - top) }
}
