import type { SceneSource } from '../../recorder-page/scene/plan/scene-input.ts'
import type { Layout } from '../../src/protocol/layout.ts'
import type { Signal } from '../../src/protocol/signals.ts'
import { BOARD_SIGNALS } from './board-lesson.ts'
import { classOf } from './classes.ts'

/** A point of the picture, as fractions of its width and height. */
interface Spot {
  readonly x: number
  readonly y: number
}

/** What a layout should show at some spots: a source's id or `board`. Written by hand, not taken from the planner. */
interface ClassPlaces {
  readonly title: string
  readonly layout: Layout
  readonly sources: readonly SceneSource[]
  readonly signals: readonly Signal[]
  readonly spots: readonly (readonly [shown: string, at: Spot])[]
}

const MAIN = { x: 0.35, y: 0.45 }
const CORNER = { x: 0.88, y: 0.87 }
const LEFT = { x: 0.25, y: 0.4 }
const RIGHT = { x: 0.75, y: 0.4 }
/** Of a column at the right with one, two, three or four faces, from the top. */
const COLUMN = [[0.5], [0.37, 0.63], [0.3, 0.5, 0.7], [0.13, 0.38, 0.62, 0.87]].map((ys) =>
  ys.map((y): Spot => ({ x: 0.89, y })),
)
/** Of a row at the bottom with two or three faces, from the left. */
const ROW_OF_TWO = [0.37, 0.63].map((x): Spot => ({ x, y: 0.86 }))
const ROW_OF_THREE = [0.23, 0.5, 0.77].map((x): Spot => ({ x, y: 0.86 }))
/** Of a grid of two by two, row by row. */
const GRID_OF_FOUR = [0.25, 0.75].flatMap((y) => [0.25, 0.75].map((x): Spot => ({ x, y })))

function together(shown: readonly string[], spots: readonly Spot[] | undefined): ClassPlaces['spots'] {
  if (spots?.length !== shown.length) throw new Error(`There are no spots for ${shown.join(', ')}`)
  return shown.map((who, i) => [who, spots[i] ?? MAIN])
}

const column = (...shown: readonly string[]) => together(shown, COLUMN[shown.length - 1])

/** `s0` is the teacher, the others are pupils; in `dual-teacher` `s1` is the second teacher. */
function people(count: number, name: Layout['name']): readonly SceneSource[] {
  const { sources } = classOf(count)
  if (name !== 'dual-teacher') return sources
  return sources.map((source) => (source.id === 's1' ? { ...source, role: 'presenter' } : source))
}

type Row = readonly [name: Layout['name'], view: 'audience' | 'presenter', spots: ClassPlaces['spots']]

const WITHOUT_LESSON: readonly Row[] = [
  ['one-to-one', 'audience', together(['s0', 's1'], [LEFT, RIGHT])],
  ['one-to-one', 'presenter', together(['s1', 's0'], [MAIN, CORNER])],
  ['side-by-side', 'audience', [...together(['s0', 's1'], [LEFT, RIGHT]), ...together(['s2', 's3'], ROW_OF_TWO)]],
  ['side-by-side', 'presenter', [...together(['s1', 's0'], [LEFT, RIGHT]), ...together(['s2', 's3'], ROW_OF_TWO)]],
  ['dual-teacher', 'audience', [['s0', MAIN], ...column('s1', 's2', 's3')]],
  ['dual-teacher', 'presenter', [['s2', MAIN], ...column('s0', 's3', 's1')]],
  ['small-class', 'audience', [['s0', MAIN], ...column('s1', 's2', 's3')]],
  ['small-class', 'presenter', together(['s1', 's2', 's3', 's0'], GRID_OF_FOUR)],
]

const WITH_BOARD: readonly Row[] = [
  ['one-to-one', 'audience', [['board', MAIN], ...column('s0', 's1')]],
  ['one-to-one', 'presenter', [['board', MAIN], ...column('s1', 's0')]],
  [
    'side-by-side',
    'audience',
    [...together(['board', 's0'], [LEFT, RIGHT]), ...together(['s1', 's2', 's3'], ROW_OF_THREE)],
  ],
  [
    'side-by-side',
    'presenter',
    [...together(['board', 's1'], [LEFT, RIGHT]), ...together(['s0', 's2', 's3'], ROW_OF_THREE)],
  ],
  ['dual-teacher', 'audience', [['board', MAIN], ...column('s0', 's1', 's2', 's3')]],
  ['dual-teacher', 'presenter', [['board', MAIN], ...column('s2', 's0', 's3', 's1')]],
  ['small-class', 'audience', [['board', MAIN], ...column('s0', 's1', 's2', 's3')]],
  ['small-class', 'presenter', [['board', MAIN], ...column('s1', 's2', 's3', 's0')]],
]

function placesOf(rows: readonly Row[], lesson: string, signals: readonly Signal[]): ClassPlaces[] {
  return rows.map(([name, view, spots]) => ({
    title: `${name} ${lesson}, seen by the ${view}`,
    layout: { name, view, labels: false },
    sources: people(spots.filter(([shown]) => shown !== 'board').length, name),
    signals,
    spots,
  }))
}

/** Who is where in the layouts for classes. */
export const CLASS_PLACES: readonly ClassPlaces[] = [
  ...placesOf(WITHOUT_LESSON, 'without a lesson', []),
  ...placesOf(WITH_BOARD, 'with a whiteboard', BOARD_SIGNALS),
]
