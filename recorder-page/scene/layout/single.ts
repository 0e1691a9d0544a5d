import type { Rect } from '../../drawing/geometry.ts'
import { type Arrangement, type LayoutInput, place } from './arrangement.ts'

/** The focus alone, in the whole area. */
export function single(input: LayoutInput, area: Rect): Arrangement {
  if (input.focus !== null) return { places: [place(input.focus, area)], chat: null }
  return { places: input.hasBoard ? [place('board', area)] : [], chat: null }
}
