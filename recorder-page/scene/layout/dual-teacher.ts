import type { Rect } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type LayoutInput,
  leadPerson,
  lessonContent,
  peopleWithout,
  place,
  placeMain,
  without,
} from './arrangement.ts'
import { sideColumn, wideTop } from './main-and-strip.ts'
import { mainWithFaces } from './main-with-faces.ts'

/**
 * A teacher far away and one in the room: the lesson (else the first teacher) large, the other teachers above each
 * other beside it, the class or the chat below them.
 */
export function dualTeacher(input: LayoutInput, area: Rect): Arrangement {
  const first = leadPerson(input)
  const lesson = lessonContent(input)
  const main = lesson ?? first
  if (main === undefined) return { places: [], chat: null }
  const others = peopleWithout(input, first, lesson)
  const second = others.find((source) => source.role === 'presenter') ?? others[0]
  const teachers = [lesson === undefined ? undefined : first, second].filter((source) => source !== undefined)
  if (input.hasChat) {
    const [left, column] = sideColumn(area, input.gap)
    const places = [placeMain(main, left)]
    let below = column
    for (const teacher of teachers) {
      const [face, rest] = wideTop(below, input.gap)
      places.push(place(teacher, face))
      below = rest
    }
    return { places, chat: below }
  }
  const people = [...teachers, ...without(others, second)]
  return mainWithFaces(area, { main, people, gap: input.gap })
}
