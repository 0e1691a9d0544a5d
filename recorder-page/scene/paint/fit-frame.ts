import type { Rect, Size } from '../../drawing/geometry.ts'
import type { Fit } from '../layout/index.ts'

/** Aspects this near are taken as equal: a crop or bar of one pixel is only noise. */
const SAME_ASPECT = 0.012

/** Which part of a frame goes where: `cover` cuts the frame, `contain` leaves bars. */
export function fitFrame(frame: Size, rect: Rect, fit: Fit): { readonly from: Rect; readonly to: Rect } {
  const whole = { x: 0, y: 0, width: frame.width, height: frame.height }
  const ratio = frame.width / frame.height / (rect.width / rect.height)
  if (Math.abs(ratio - 1) < SAME_ASPECT) return { from: whole, to: rect }
  if (fit === 'cover') {
    const width = ratio > 1 ? frame.width / ratio : frame.width
    const height = ratio > 1 ? frame.height : frame.height * ratio
    return { from: { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height }, to: rect }
  }
  const width = ratio > 1 ? rect.width : Math.round((rect.width * ratio) / 2) * 2
  const height = ratio > 1 ? Math.round(rect.height / ratio / 2) * 2 : rect.height
  const x = rect.x + Math.floor((rect.width - width) / 4) * 2
  const y = rect.y + Math.floor((rect.height - height) / 4) * 2
  return { from: whole, to: { x, y, width, height } }
}
