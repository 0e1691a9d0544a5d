import type { Rect, Size } from '../../drawing/geometry.ts'
import type { Yuv } from './colour.ts'
import type { Kernels } from './kernels/kernels.ts'
import type { Plane, Planes } from './planes.ts'

type Parts = readonly [y: Plane, u: Plane, v: Plane]

/** A premultiplied layer, or a part of one from an even place on. */
interface Overlay {
  readonly color: Planes
  /** Its Y is the alpha of luma, its U that of chroma. */
  readonly alpha: Planes
  readonly x: number
  readonly y: number
  /** Of 256. */
  readonly opacity: number
}

export function wholeOf({ width, height }: Size): Rect {
  return { x: 0, y: 0, width, height }
}

export function fillPlanes({ code }: Kernels, parts: Parts, color: Yuv): void {
  parts.forEach(({ at, stride, width, height }, index) => {
    code.fillPlane(at, stride, width, height, color[index] ?? 0)
  })
}

export function copyPlanes({ code }: Kernels, parts: Parts, from: Parts): void {
  parts.forEach(({ at, stride, width, height }, index) => {
    const source = from[index]
    if (source !== undefined) code.copyPlane(at, stride, source.at, source.stride, width, height)
  })
}

/** Lays the overlay over the parts, by its alpha. */
export function blendPlanes({ code }: Kernels, parts: Parts, { color, alpha, x, y, opacity }: Overlay): void {
  const [luma, u, v] = parts
  const from = y * color.stride + x
  const fromC = (y >> 1) * color.strideC + (x >> 1)
  const blend = ({ at, stride, width, height }: Plane, src: number, mask: number, srcStride: number): void =>
    code.blendPlane(at, stride, src, mask, srcStride, width, height, opacity)
  blend(luma, color.y + from, alpha.y + from, color.stride)
  blend(u, color.u + fromC, alpha.u + fromC, color.strideC)
  blend(v, color.v + fromC, alpha.u + fromC, color.strideC)
}

/** Lays a picture over the parts through the overlay's alpha; its colour is the picture, not premultiplied. */
export function maskPlanes({ code }: Kernels, parts: Parts, { color, alpha, x, y, opacity }: Overlay): void {
  const [luma, u, v] = parts
  const at = y * color.stride + x
  const atC = (y >> 1) * color.strideC + (x >> 1)
  const mask = (part: Plane, src: number, alphaAt: number, stride: number): void =>
    code.maskPlane(part.at, part.stride, src, stride, alphaAt, stride, part.width, part.height, opacity)
  mask(luma, color.y + at, alpha.y + at, color.stride)
  mask(u, color.u + atC, alpha.u + atC, color.strideC)
  mask(v, color.v + atC, alpha.u + atC, color.strideC)
}
