import type { Rect } from '../../drawing/geometry.ts'
import { type Arrangement, type LayoutInput, peopleWithout, placeAll } from './arrangement.ts'
import { gridCells } from './cells.ts'

/** Everybody the same size; in the presenter's view their own picture comes last. */
export function grid(input: LayoutInput, area: Rect): Arrangement {
  const sources = peopleWithout(input)
  return { places: placeAll(sources, gridCells(area, { count: sources.length, gap: input.gap })), chat: null }
}
