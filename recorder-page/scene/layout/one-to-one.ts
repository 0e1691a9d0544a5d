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
 * Teacher and pupil. With a lesson both are beside it; without one the audience's view has them side by side, and the
 * presenter's view the pupil large and the presenter in the corner.
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
  const main = fitAspect(area, WIDE)
  return { places: [place(pupil, main), place(teacher, cornerOf(main, input.gap), true)], chat: null }
}
