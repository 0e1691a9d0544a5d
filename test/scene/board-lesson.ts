import type { BoardElement } from '../../src/protocol/board.ts'
import type { Signal } from '../../src/protocol/signals.ts'
import { NOW } from './classes.ts'

/** A PNG of one red pixel. */
export const RED_PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='

const head = { version: 1, nonce: 1 }

function stroke(
  id: string,
  points: number[][],
  change: Partial<Extract<BoardElement, { kind: 'stroke' }>> = {},
): BoardElement {
  return { ...head, id, kind: 'stroke', points, ...change }
}

const parabola = Array.from({ length: 60 }, (_, index) => {
  const t = index / 59
  const x = 860 + t * 520
  return [x, 250 + ((x - 1120) / 260) ** 2 * -300 + 430 - 60, 0.3 + 0.5 * Math.sin(t * Math.PI)]
}).map(([x = 0, y = 0, p = 0.5]) => [x, 900 - y - 60, p])

const scribble = Array.from({ length: 90 }, (_, index) => [150 + index * 5, 800 + Math.sin(index / 4) * 22])

/** A blackboard full of everything a lesson draws. */
export const LESSON: readonly BoardElement[] = [
  { ...head, id: 'title', kind: 'text', x: 110, y: 70, text: 'Quadratic functions', size: 56, color: '#1d3fa6' },
  { ...head, id: 'formula', kind: 'text', x: 110, y: 165, text: 'y = x² − 4x + 3\nx₁ = 1,  x₂ = 3', size: 40 },
  {
    ...head,
    id: 'cjk',
    kind: 'text',
    x: 110,
    y: 320,
    text: '顶点在对称轴上\nグラフの頂点',
    size: 36,
    color: '#0d7a5f',
  },
  { ...head, id: 'arabic', kind: 'text', x: 110, y: 450, text: 'المعادلة التربيعية', size: 40, color: '#9c2f6b' },
  { ...head, id: 'emoji', kind: 'text', x: 470, y: 450, text: '✏️ 👍🏽 📐', size: 40 },
  { ...head, id: 'x-axis', kind: 'arrow', x1: 800, y1: 620, x2: 1500, y2: 620 },
  { ...head, id: 'y-axis', kind: 'arrow', x1: 880, y1: 760, x2: 880, y2: 130 },
  stroke('parabola', parabola, { color: '#d23f31', strokeWidth: 9, z: 1 }),
  { ...head, id: 'box', kind: 'rect', x: 95, y: 155, width: 420, height: 140, color: '#d98324', strokeWidth: 4 },
  {
    ...head,
    id: 'circle',
    kind: 'ellipse',
    x: 1060,
    y: 560,
    width: 120,
    height: 110,
    color: '#2a9d5c',
    fill: '#2a9d5c22',
  },
  { ...head, id: 'tip', kind: 'line', x1: 1120, y1: 140, x2: 1120, y2: 760, color: '#8794a8', strokeWidth: 3 },
  stroke('scribble', scribble, { color: '#7a3fd0', strokeWidth: 8 }),
  stroke(
    'marker',
    [
      [110, 560],
      [300, 556],
      [520, 562],
    ],
    { color: '#ffd60066', strokeWidth: 34 },
  ),
  {
    ...head,
    id: 'photo',
    kind: 'image',
    x: 560,
    y: 560,
    width: 180,
    height: 130,
    url: RED_PIXEL,
  },
]

export const BOARD_SIGNALS: readonly Signal[] = LESSON.map((element, index) => ({
  v: 1,
  type: 'board.op',
  at: NOW - 30_000 + index,
  id: `b${index}`,
  page: 'p1',
  op: { action: 'put', element },
}))
