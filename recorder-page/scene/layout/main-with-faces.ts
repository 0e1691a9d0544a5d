import type { Rect } from '../../drawing/geometry.ts'
import { type Arrangement, type Content, type LayoutSource, placeAll, placeMain } from './arrangement.ts'
import { faceColumn } from './main-and-strip.ts'

interface MainWithFaces {
  readonly main: Content
  readonly people: readonly LayoutSource[]
  readonly gap: number
}

/** One content large at the left and a column of faces beside it; the content alone when there is nobody else. */
export function mainWithFaces(area: Rect, { main, people, gap }: MainWithFaces): Arrangement {
  if (people.length === 0) return { places: [placeMain(main, area)], chat: null }
  const [left, cells] = faceColumn(area, { count: people.length, gap })
  return { places: [placeMain(main, left), ...placeAll(people, cells)], chat: null }
}
