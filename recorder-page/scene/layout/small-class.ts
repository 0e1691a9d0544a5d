import { type Rect, splitBottom } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type Content,
  type LayoutInput,
  leadPerson,
  lessonContent,
  peopleWithout,
  place,
  placeAll,
  placeMain,
} from './arrangement.ts'
import { gridCells } from './cells.ts'
import { grid } from './grid.ts'
import { mainWithStrip, sideColumn, wideTop } from './main-and-strip.ts'
import { mainWithFaces } from './main-with-faces.ts'

/** The teacher (or the lesson) large, every pupil well visible beside; in the presenter's view the pupils as a grid. */
export function smallClass(input: LayoutInput, area: Rect): Arrangement {
  const lesson = lessonContent(input)
  const teacher = leadPerson(input)
  if (lesson !== undefined) return besideLesson(input, area, lesson)
  if (input.view === 'presenter' || teacher === undefined) return grid(input, area)
  const pupils = peopleWithout(input, teacher)
  const [picture, column] = input.hasChat ? sideColumn(area, input.gap) : [area, null]
  const { main, strip } = mainWithStrip(picture, { count: pupils.length, gap: input.gap })
  return { places: [place(teacher, main), ...placeAll(pupils, strip)], chat: column }
}

function besideLesson(input: LayoutInput, area: Rect, lesson: Content): Arrangement {
  const people = peopleWithout(input, lesson)
  if (input.hasChat && people.length > 0) return besideLessonWithChat(input, area, lesson)
  return mainWithFaces(area, { main: lesson, people, gap: input.gap })
}

/** The teacher above the pupils above the chat, in one column. */
function besideLessonWithChat(input: LayoutInput, area: Rect, lesson: Content): Arrangement {
  const teacher = leadPerson(input)
  const pupils = peopleWithout(input, teacher, lesson)
  const [left, column] = sideColumn(area, input.gap)
  const [face, below] = teacher === undefined ? [null, column] : wideTop(column, input.gap)
  const first = teacher === undefined || face === null ? [] : [place(teacher, face)]
  if (pupils.length === 0) return { places: [placeMain(lesson, left), ...first], chat: below }
  const [tiles] = splitBottom(below, below.height * 0.46, input.gap)
  const cells = gridCells(tiles, { count: pupils.length, gap: input.gap, align: 'top' })
  const foot = Math.max(...cells.map((cell) => cell.y + cell.height)) + input.gap
  const chat = { ...below, y: foot, height: below.y + below.height - foot }
  return { places: [placeMain(lesson, left), ...first, ...placeAll(pupils, cells)], chat }
}
