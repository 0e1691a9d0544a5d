import { type Arrangement, type LayoutInput, place } from './arrangement.ts'
import type { Rect } from './geometry.ts'

/** The focus alone, in the whole area. */
export function single(input: LayoutInput, area: Rect): Arrangement {
  if (input.focus !== null) return { places: [place(input.focus, area)], chat: null }
  return { places: input.hasBoard ? [place('board', area)] : [], chat: null }
}
