import { fitAspect, type Rect, WIDE } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type LayoutInput,
  lessonContent,
  peopleWithout,
  place,
  placeAll,
  placeMain,
  teacherOf,
  without,
} from './arrangement.ts'
import { cornerOf, faceColumn } from './main-and-strip.ts'
import { sideBySide } from './side-by-side.ts'

/**
 * Teacher and pupil. With a lesson both stand beside it; without one the audience sees them side by side, and the
 * presenter sees the pupil large and themselves in the corner.
 */
export function oneToOne(input: LayoutInput, area: Rect): Arrangement {
  const lesson = lessonContent(input)
  if (lesson !== undefined) {
    const people = peopleWithout(input, lesson)
    if (people.length === 0) return { places: [placeMain(lesson, area)], chat: null }
    const [left, cells] = faceColumn(area, { count: people.length, gap: input.gap })
    return { places: [placeMain(lesson, left), ...placeAll(people, cells)], chat: null }
  }
  const teacher = teacherOf(input)
  const pupil = without(input.sources, teacher)[0]
  if (input.view === 'audience' || teacher === undefined || pupil === undefined) return sideBySide(input, area)
  const stage = fitAspect(area, WIDE)
  return { places: [place(pupil, stage), place(teacher, cornerOf(stage, input.gap), true)], chat: null }
}
