import {
  type Arrangement,
  type LayoutInput,
  leadPerson,
  lessonContent,
  place,
  placeAll,
  without,
} from './arrangement.ts'
import { gridCells } from './cells.ts'
import type { Rect } from './geometry.ts'
import { sideColumn, wideTop } from './stage.ts'

/**
 * A teacher far away and one in the room: the lesson (else the first teacher) large, both teachers above each other,
 * the class or the chat below them. The presenter is the second teacher and sees the first one large.
 */
export function dualTeacher(input: LayoutInput, area: Rect): Arrangement {
  const first = leadPerson(input)
  const lesson = lessonContent(input)
  const others = without(input.sources, first, lesson)
  const second = others.find((source) => source.role === 'presenter') ?? others[0]
  const stage = lesson ?? first
  if (stage === undefined) return { places: [], chat: null }
  const teachers = [lesson === undefined ? undefined : first, second].filter((source) => source !== undefined)
  const rest = without(others, second)
  const [left, column] = sideColumn(area, input.gap)
  const places = [place(stage, left)]
  let below = column
  for (const teacher of teachers) {
    const [face, remaining] = wideTop(below, input.gap)
    places.push(place(teacher, face))
    below = remaining
  }
  if (input.hasChat && input.view === 'audience') return { places, chat: below }
  const cells = gridCells(below, { count: rest.length, gap: input.gap, align: 'top' })
  return { places: [...places, ...placeAll(rest, cells)], chat: null }
}
