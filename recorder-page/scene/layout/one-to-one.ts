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
import { sideBySide } from './side-by-side.ts'
import { cornerOf, sideColumn } from './stage.ts'

/**
 * Teacher and pupil. With a lesson both stand beside it; without one the audience sees them side by side, and the
 * presenter sees the pupil large and themselves in the corner.
 */
export function oneToOne(input: LayoutInput, area: Rect): Arrangement {
  const teacher = leadPerson(input)
  const lesson = lessonContent(input)
  const others = without(input.sources, teacher, lesson)
  if (lesson !== undefined) {
    const people = teacher === undefined ? others : [teacher, ...others]
    if (people.length === 0) return { places: [place(lesson, fitAspect(area, WIDE))], chat: null }
    const [left, column] = sideColumn(area, input.gap)
    const cells = gridCells(column, { count: people.length, gap: input.gap })
    return { places: [place(lesson, left), ...placeAll(people, cells)], chat: null }
  }
  const pupil = others[0]
  if (input.view === 'audience' || teacher === undefined || pupil === undefined) return sideBySide(input, area)
  const stage = fitAspect(area, WIDE)
  return { places: [place(pupil, stage), place(teacher, cornerOf(stage, input.gap), true)], chat: null }
}
