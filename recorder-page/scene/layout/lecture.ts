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
import { fitAspect, type Rect, WIDE } from './geometry.ts'
import { speaker } from './speaker.ts'
import { sideColumn, wideTop } from './stage.ts'

/** The lesson large, the lecturer beside it at the top, the chat (else the listeners) below the lecturer. */
export function lecture(input: LayoutInput, area: Rect): Arrangement {
  const lecturer = leadPerson(input)
  const lesson = lessonContent(input)
  if (lesson === undefined) return speaker(input, area)
  if (lecturer === undefined) return { places: [place(lesson, fitAspect(area, WIDE))], chat: null }
  const [left, column] = sideColumn(area, input.gap)
  const [face, below] = wideTop(column, input.gap)
  const stage = [place(lesson, left), place(lecturer, face)]
  if (input.hasChat) return { places: stage, chat: below }
  const listeners = without(input.sources, lecturer, lesson)
  const cells = gridCells(below, { count: listeners.length, gap: input.gap, align: 'top' })
  return { places: [...stage, ...placeAll(listeners, cells)], chat: null }
}
