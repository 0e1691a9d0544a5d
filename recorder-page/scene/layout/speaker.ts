import { type Arrangement, type LayoutInput, place, placeAll, without } from './arrangement.ts'
import { type Rect, splitRight } from './geometry.ts'
import { stageWithStrip } from './stage.ts'

/** The focus on a stage, everybody else in a film strip; the chat in a panel of its own. */
export function speaker(input: LayoutInput, area: Rect): Arrangement {
  if (input.focus === null) return { places: [], chat: null }
  const [main, chat] = input.hasChat ? splitRight(area, area.width * 0.245, input.gap) : [area, null]
  const others = without(input.sources, input.focus)
  const { stage, strip } = stageWithStrip(main, { count: others.length, gap: input.gap })
  return { places: [place(input.focus, stage), ...placeAll(others, strip)], chat }
}
