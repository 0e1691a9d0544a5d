import type { Rect } from '../../drawing/geometry.ts'
import { type Arrangement, type LayoutInput, peopleWithout, place, placeAll } from './arrangement.ts'
import { mainWithStrip, sideColumn } from './main-and-strip.ts'

/** The focus in the main tile, everybody else in a film strip; the chat in a panel of its own. */
export function speaker(input: LayoutInput, area: Rect): Arrangement {
  if (input.focus === null) return { places: [], chat: null }
  const [picture, chat] = input.hasChat ? sideColumn(area, input.gap) : [area, null]
  const others = peopleWithout(input, input.focus)
  const { main, strip } = mainWithStrip(picture, { count: others.length, gap: input.gap })
  return { places: [place(input.focus, main), ...placeAll(others, strip)], chat }
}
