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
import { type Rect, splitBottom } from './geometry.ts'
import { grid } from './grid.ts'
import { sideColumn, stageWithStrip, wideTop } from './stage.ts'

/** The teacher (or the lesson) large, every pupil well visible beside; the presenter sees the pupils as a grid. */
export function smallClass(input: LayoutInput, area: Rect): Arrangement {
  const teacher = leadPerson(input)
  const lesson = lessonContent(input)
  if (lesson !== undefined) return lessonWithClass(input, area)
  if (input.view === 'presenter' || teacher === undefined) return grid(input, area)
  const pupils = without(input.sources, teacher)
  const [main, column] = input.hasChat ? sideColumn(area, input.gap) : [area, null]
  const { stage, strip } = stageWithStrip(main, { count: pupils.length, gap: input.gap })
  return { places: [place(teacher, stage), ...placeAll(pupils, strip)], chat: column }
}

function lessonWithClass(input: LayoutInput, area: Rect): Arrangement {
  const teacher = leadPerson(input)
  const lesson = lessonContent(input)
  if (lesson === undefined) return { places: [], chat: null }
  const pupils = without(input.sources, teacher, lesson)
  const [left, column] = sideColumn(area, input.gap)
  const [face, below] = teacher === undefined ? [null, column] : wideTop(column, input.gap)
  const [tiles, chat] =
    input.hasChat && pupils.length > 0 ? splitBottom(below, below.height * 0.5, input.gap) : [below, null]
  const cells = gridCells(tiles, { count: pupils.length, gap: input.gap, align: 'top' })
  const first = teacher === undefined || face === null ? [] : [place(teacher, face)]
  return {
    places: [place(lesson, left), ...first, ...placeAll(pupils, cells)],
    chat: input.hasChat && pupils.length === 0 ? below : chat,
  }
}
