import type { BoardElement } from '../../src/protocol/index.ts'
import { drawCurve, drawLine, type PenPoint, writeText } from './handwriting.ts'

/** Something put on the whiteboard; a stroke takes `durationMs` to write, other things appear at once. */
interface Mark {
  readonly pauseMs: number
  readonly durationMs: number
  readonly element: BoardElement
}
/** One change of the whiteboard, `afterMs` after the writing began. */
interface BoardStep {
  readonly afterMs: number
  readonly element: BoardElement
}

/** How often a growing stroke is sent; an app on a tablet does about the same. */
const STEP_MS = 80
/** Board units per second of a hand that writes for others to read. */
const PEN_SPEED = 620
const LIFT_MS = 170
const INK = '#14284b'
const TEAL = '#1f7a74'
const CORAL = '#d9503f'
const AMBER = '#c88a12'

const CORNER = { right: [330, 640], far: [780, 640], top: [330, 300] } as const

/** What Ms Li writes: a right triangle, its letters, the theorem, and the smallest example in whole numbers. */
function planMarks(): Mark[] {
  const ink = new Pen()
  return [
    ink.text({ x: 90, y: 70, text: 'Pythagoras · 勾股定理', size: 54, color: TEAL }),
    ...ink.strokes([drawLine(CORNER.right, CORNER.far)], { color: INK, width: 9 }),
    ...ink.strokes([drawLine(CORNER.right, CORNER.top)], { color: INK, width: 9 }),
    ...ink.strokes([drawLine(CORNER.top, CORNER.far)], { color: INK, width: 9 }),
    ...ink.strokes(
      [
        drawCurve([
          [330, 590],
          [378, 590],
          [382, 594],
          [382, 640],
        ]),
      ],
      { color: INK, width: 5 },
    ),
    ...ink.strokes(writeText('a', { x: 530, y: 650, size: 96 }), { color: AMBER, width: 10 }),
    ...ink.strokes(writeText('b', { x: 246, y: 420, size: 96 }), { color: TEAL, width: 10 }),
    ...ink.strokes(writeText('c', { x: 580, y: 372, size: 96 }), { color: CORAL, width: 10 }),
    ...ink.strokes(writeText('a²', { x: 880, y: 250, size: 130 }), { color: AMBER, width: 12 }),
    ...ink.strokes(writeText('+', { x: 1030, y: 250, size: 130 }), { color: INK, width: 11 }),
    ...ink.strokes(writeText('b²', { x: 1130, y: 250, size: 130 }), { color: TEAL, width: 12 }),
    ...ink.strokes(writeText('=', { x: 1275, y: 250, size: 130 }), { color: INK, width: 11 }),
    ...ink.strokes(writeText('c²', { x: 1375, y: 250, size: 130 }), { color: CORAL, width: 12 }),
    ink.ellipse({ x: 840, y: 205, width: 710, height: 225, color: CORAL }),
    ...ink.strokes(writeText('3²+4²=5²', { x: 930, y: 520, size: 96 }), { color: INK, width: 9 }),
    ink.arrow({ x1: 1180, y1: 445, x2: 1180, y2: 515, color: INK }),
    ink.text({ x: 930, y: 680, text: '9 + 16 = 25  ✓', size: 60, color: TEAL }),
  ]
}

/** Makes elements with ids of their own, in drawing order. */
class Pen {
  #count = 0

  strokes(paths: readonly PenPoint[][], style: { readonly color: string; readonly width: number }): Mark[] {
    return paths.map((points) => ({
      pauseMs: LIFT_MS,
      durationMs: (lengthOf(points) / PEN_SPEED) * 1000,
      element: {
        ...this.#head(style.color),
        kind: 'stroke',
        strokeWidth: style.width,
        points: points.map((point) => [...point]),
      },
    }))
  }

  text(place: { x: number; y: number; text: string; size: number; color: string }): Mark {
    const { color, ...rest } = place
    return appear({ ...this.#head(color), kind: 'text', ...rest })
  }

  ellipse(box: { x: number; y: number; width: number; height: number; color: string }): Mark {
    const { color, ...rest } = box
    return appear({ ...this.#head(color), kind: 'ellipse', strokeWidth: 6, ...rest })
  }

  arrow(ends: { x1: number; y1: number; x2: number; y2: number; color: string }): Mark {
    const { color, ...rest } = ends
    return appear({ ...this.#head(color), kind: 'arrow', strokeWidth: 6, ...rest })
  }

  #head(color: string) {
    this.#count += 1
    return { id: `mark-${this.#count}`, version: 1, nonce: this.#count, z: this.#count, color }
  }
}

function appear(element: BoardElement): Mark {
  return { pauseMs: 3 * LIFT_MS, durationMs: 0, element }
}

function lengthOf(points: readonly PenPoint[]): number {
  return points.reduce((sum, point, index) => {
    const before = points[index - 1] ?? point
    return sum + Math.hypot(point[0] - before[0], point[1] - before[1])
  }, 0)
}

/** The writing as growing versions of its strokes, stretched or hurried to last `durationMs`. */
export function planWriting(durationMs: number): BoardStep[] {
  const marks = planMarks()
  const naturalMs = marks.reduce((sum, mark) => sum + mark.pauseMs + mark.durationMs, 0)
  const pace = durationMs / naturalMs
  const steps: BoardStep[] = []
  let now = 0
  for (const mark of marks) {
    now += mark.pauseMs * pace
    steps.push(...growMark(mark, { startMs: now, durationMs: mark.durationMs * pace }))
    now += mark.durationMs * pace
  }
  return steps
}

function growMark(mark: Mark, time: { readonly startMs: number; readonly durationMs: number }): BoardStep[] {
  const { element } = mark
  if (element.kind !== 'stroke') return [{ afterMs: time.startMs, element }]
  const count = Math.max(1, Math.ceil(time.durationMs / STEP_MS))
  return Array.from({ length: count }, (_, index) => ({
    afterMs: time.startMs + (time.durationMs * (index + 1)) / count,
    element: {
      ...element,
      version: index + 1,
      points: element.points.slice(0, Math.max(2, Math.ceil((element.points.length * (index + 1)) / count))),
    },
  }))
}
