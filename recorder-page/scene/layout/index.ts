/**
 * The geometry of the picture: one pure function per layout, from the sources to rectangles. It draws nothing and
 * knows nothing of frames, colours or time.
 */
import type { LayoutName } from '../../../src/protocol/layout.ts'
import { even, inset, type Size } from '../../drawing/geometry.ts'
import type { Arrangement, LayoutInput } from './arrangement.ts'
import { board } from './board.ts'
import { custom } from './custom.ts'
import { dualTeacher } from './dual-teacher.ts'
import { grid } from './grid.ts'
import { lecture } from './lecture.ts'
import { oneToOne } from './one-to-one.ts'
import { sideBySide } from './side-by-side.ts'
import { single } from './single.ts'
import { smallClass } from './small-class.ts'
import { speaker } from './speaker.ts'

export type { Arrangement, Fit, LayoutInput, LayoutSource, Placement } from './arrangement.ts'

const LAYOUTS: Record<LayoutName, (input: LayoutInput, area: Arrangement['places'][number]['rect']) => Arrangement> = {
  grid,
  speaker,
  board,
  'side-by-side': sideBySide,
  single,
  'one-to-one': oneToOne,
  'small-class': smallClass,
  lecture,
  'dual-teacher': dualTeacher,
  custom,
}

/** These two fill the picture to its edge. */
const EDGE_TO_EDGE: ReadonlySet<LayoutName> = new Set(['single', 'custom'])

/** The places of everything in a picture of this size. */
export function arrange(name: LayoutName, input: Omit<LayoutInput, 'gap'>, size: Size): Arrangement {
  const picture = { x: 0, y: 0, ...size }
  const gap = gapOf(size)
  const area = EDGE_TO_EDGE.has(name) ? picture : inset(picture, gap)
  const arrangement = LAYOUTS[name]({ ...input, gap }, area)
  const cramped = arrangement.chat !== null && arrangement.chat.height < size.height * MIN_CHAT_SHARE
  return cramped ? LAYOUTS[name]({ ...input, gap, hasChat: false }, area) : arrangement
}

/** A chat panel below this share of the height would show no whole message, and is left out. */
const MIN_CHAT_SHARE = 0.22

export function isEdgeToEdge(name: LayoutName): boolean {
  return EDGE_TO_EDGE.has(name)
}

/** The distance between tiles: 12 pixels of a 720p picture. */
export function gapOf(size: Size): number {
  return Math.max(2, even(Math.min(size.height, size.width * 0.75) / 60))
}
