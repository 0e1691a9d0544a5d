import { fitAspect, type Rect, WIDE } from '../../drawing/geometry.ts'
import {
  type Arrangement,
  type LayoutInput,
  lessonContent,
  peopleWithout,
  place,
  teacherOf,
  without,
} from './arrangement.ts'
import { cornerOf } from './main-and-strip.ts'
import { mainWithFaces } from './main-with-faces.ts'
import { sideBySide } from './side-by-side.ts'

/**
 * Teacher and pupil. With a lesson both are beside it; without one the audience's view has them side by side, and the
 * presenter's view the pupil large and the presenter in the corner.
 */
export function oneToOne(input: LayoutInput, area: Rect): Arrangement {
  const lesson = lessonContent(input)
  if (lesson !== undefined)
    return mainWithFaces(area, { main: lesson, people: peopleWithout(input, lesson), gap: input.gap })
  const teacher = teacherOf(input)
  const pupil = without(input.sources, teacher)[0]
  if (input.view === 'audience' || teacher === undefined || pupil === undefined) return sideBySide(input, area)
  const main = fitAspect(area, WIDE)
  return { places: [place(pupil, main), place(teacher, cornerOf(main, input.gap), true)], chat: null }
}
