import { fitAspect, type Rect, WIDE } from '../../drawing/geometry.ts'
import { type Arrangement, type LayoutInput, leadPerson, peopleWithout, place, placeAll } from './arrangement.ts'
import { cornerOf, faceColumn, sideColumn, wideTop } from './main-and-strip.ts'

/**
 * The whiteboard, with the presenter in a corner: over the board, or above the chat when there is one. The presenter's
 * view has the class beside the board instead.
 */
export function board(input: LayoutInput, area: Rect): Arrangement {
  if (input.view === 'presenter') return boardWithClass(input, area)
  if (input.hasChat) return boardWithChat(input, area)
  const paper = fitAspect(area, WIDE)
  const person = leadPerson(input)
  const corner = person === undefined ? [] : [place(person, cornerOf(paper, input.gap), true)]
  return { places: [place('board', paper), ...corner], chat: null }
}

function boardWithChat(input: LayoutInput, area: Rect): Arrangement {
  const [left, column] = sideColumn(area, input.gap)
  const person = leadPerson(input)
  if (person === undefined) return { places: [place('board', left)], chat: column }
  const [face, chat] = wideTop(column, input.gap)
  return { places: [place('board', left), place(person, face)], chat }
}

function boardWithClass(input: LayoutInput, area: Rect): Arrangement {
  const people = peopleWithout(input)
  if (people.length === 0) return { places: [place('board', fitAspect(area, WIDE))], chat: null }
  const [left, cells] = faceColumn(area, { count: people.length, gap: input.gap })
  return { places: [place('board', left), ...placeAll(people, cells)], chat: null }
}
