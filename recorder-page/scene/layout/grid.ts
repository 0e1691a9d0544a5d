import { type Arrangement, type LayoutInput, type LayoutSource, placeAll } from './arrangement.ts'
import { gridCells } from './cells.ts'
import type { Rect } from './geometry.ts'

/** Everybody the same size. The presenter sees themselves last. */
export function grid(input: LayoutInput, area: Rect): Arrangement {
  const sources = input.view === 'presenter' ? presentersLast(input.sources) : input.sources
  return { places: placeAll(sources, gridCells(area, { count: sources.length, gap: input.gap })), chat: null }
}

function presentersLast(sources: readonly LayoutSource[]): LayoutSource[] {
  const isPresenter = (source: LayoutSource) => source.role === 'presenter'
  return [...sources.filter((source) => !isPresenter(source)), ...sources.filter(isPresenter)]
}
