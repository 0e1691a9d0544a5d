import type { Rect } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type LayoutInput,
  leadPerson,
  lessonContent,
  peopleWithout,
  place,
  placeMain,
} from './arrangement.ts'
import { sideColumn, wideTop } from './main-and-strip.ts'
import { mainWithFaces } from './main-with-faces.ts'
import { speaker } from './speaker.ts'

/** The lesson large, the lecturer beside it at the top, the chat (else the listeners) below the lecturer. */
export function lecture(input: LayoutInput, area: Rect): Arrangement {
  const lecturer = leadPerson(input)
  const lesson = lessonContent(input)
  if (lesson === undefined) return speaker(input, area)
  if (lecturer === undefined) return { places: [placeMain(lesson, area)], chat: null }
  if (input.hasChat) {
    const [left, column] = sideColumn(area, input.gap)
    const [face, chat] = wideTop(column, input.gap)
    return { places: [placeMain(lesson, left), place(lecturer, face)], chat }
  }
  const people = [lecturer, ...peopleWithout(input, lecturer, lesson)]
  return mainWithFaces(area, { main: lesson, people, gap: input.gap })
}
