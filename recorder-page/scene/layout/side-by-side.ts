import { type Rect, splitBottom } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type Content,
  type LayoutInput,
  leadPerson,
  lessonContent,
  place,
  placeAll,
  teacherOf,
  without,
} from './arrangement.ts'
import { gridCells } from './cells.ts'

/** Two equal halves: the lesson (screen or whiteboard) and the person, else two people. The others are below. */
export function sideBySide(input: LayoutInput, area: Rect): Arrangement {
  const pair = pairOf(input)
  const others = without(input.sources, ...pair)
  const cut = others.length === 0 ? null : splitBottom(area, area.height * 0.26, input.gap)
  const main = cut?.[0] ?? area
  const cells = gridCells(main, { count: pair.length, gap: input.gap, aspect: pair.length === 2 ? 4 / 3 : 16 / 9 })
  const strip = cut === null ? [] : gridCells(cut[1], { count: others.length, gap: input.gap })
  return {
    places: [...pair.flatMap((content, index) => placeAt(content, cells[index])), ...placeAll(others, strip)],
    chat: null,
  }
}

function placeAt(content: Content, rect: Rect | undefined) {
  return rect === undefined ? [] : [place(content, rect)]
}

/** The presenter is at the right in their own view, and at the left of another person in the audience's. */
function pairOf(input: LayoutInput): Content[] {
  const person = leadPerson(input)
  const lesson = lessonContent(input)
  const partner = lesson ?? without(input.sources, person)[0]
  const pair = [person, partner].filter((content) => content !== undefined)
  if (lesson !== undefined) return pair.reverse()
  const isSelf = (content: Content) => content === teacherOf(input)
  return input.view === 'presenter' ? [...pair.filter((one) => !isSelf(one)), ...pair.filter(isSelf)] : pair
}
