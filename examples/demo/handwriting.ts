/** A point of a pen: board units, pressure from 0 to 1. */
export type PenPoint = readonly [x: number, y: number, pressure: number]
type Knot = readonly [x: number, y: number]

/**
 * Single-stroke letters in a box one unit high (baseline 1, x-height 0.45) and `width` wide; a stroke is a list of knots
 * that a smooth curve passes through.
 */
const GLYPHS: Readonly<Record<string, { readonly width: number; readonly strokes: readonly (readonly Knot[])[] }>> = {
  a: {
    width: 0.56,
    strokes: [
      [
        [0.45, 0.53],
        [0.3, 0.44],
        [0.1, 0.56],
        [0.06, 0.8],
        [0.2, 0.98],
        [0.38, 0.86],
        [0.46, 0.52],
        [0.44, 0.82],
        [0.56, 0.96],
      ],
    ],
  },
  b: {
    width: 0.54,
    strokes: [
      [
        [0.12, 0.02],
        [0.09, 0.5],
        [0.08, 0.95],
        [0.12, 0.66],
        [0.3, 0.47],
        [0.46, 0.62],
        [0.42, 0.88],
        [0.24, 0.99],
        [0.09, 0.9],
      ],
    ],
  },
  c: {
    width: 0.5,
    strokes: [
      [
        [0.44, 0.55],
        [0.3, 0.45],
        [0.12, 0.56],
        [0.07, 0.78],
        [0.2, 0.98],
        [0.46, 0.9],
      ],
    ],
  },
  '+': {
    width: 0.62,
    strokes: [
      [
        [0.08, 0.68],
        [0.3, 0.67],
        [0.54, 0.66],
      ],
      [
        [0.31, 0.42],
        [0.31, 0.68],
        [0.3, 0.93],
      ],
    ],
  },
  '=': {
    width: 0.62,
    strokes: [
      [
        [0.07, 0.57],
        [0.3, 0.56],
        [0.55, 0.55],
      ],
      [
        [0.07, 0.79],
        [0.3, 0.78],
        [0.56, 0.77],
      ],
    ],
  },
  '²': {
    width: 0.34,
    strokes: [
      [
        [0.03, 0.12],
        [0.12, 0.02],
        [0.24, 0.08],
        [0.2, 0.22],
        [0.03, 0.4],
        [0.14, 0.39],
        [0.28, 0.4],
      ],
    ],
  },
  '3': {
    width: 0.5,
    strokes: [
      [
        [0.08, 0.12],
        [0.26, 0.03],
        [0.4, 0.18],
        [0.32, 0.4],
        [0.18, 0.46],
        [0.38, 0.52],
        [0.44, 0.76],
        [0.26, 0.98],
        [0.06, 0.88],
      ],
    ],
  },
  '4': {
    width: 0.54,
    strokes: [
      [
        [0.3, 0.03],
        [0.18, 0.32],
        [0.05, 0.64],
        [0.28, 0.63],
        [0.5, 0.62],
      ],
      [
        [0.38, 0.4],
        [0.37, 0.7],
        [0.36, 1],
      ],
    ],
  },
  '5': {
    width: 0.5,
    strokes: [
      [
        [0.14, 0.06],
        [0.12, 0.24],
        [0.1, 0.45],
        [0.28, 0.4],
        [0.43, 0.58],
        [0.38, 0.86],
        [0.2, 0.98],
        [0.05, 0.9],
      ],
      [
        [0.14, 0.06],
        [0.28, 0.05],
        [0.44, 0.04],
      ],
    ],
  },
  ' ': { width: 0.3, strokes: [] },
}

/** The pen strokes of a line of text whose letters are all in the table above. */
export function writeText(
  text: string,
  at: { readonly x: number; readonly y: number; readonly size: number },
): PenPoint[][] {
  const strokes: PenPoint[][] = []
  let left = at.x
  for (const letter of text) {
    const glyph = GLYPHS[letter]
    if (glyph === undefined) throw new Error(`The demo's handwriting has no letter "${letter}".`)
    for (const knots of glyph.strokes) {
      strokes.push(drawCurve(knots.map(([x, y]) => [left + x * at.size, at.y + y * at.size])))
    }
    left += (glyph.width + 0.12) * at.size
  }
  return strokes
}

/** A smooth stroke through the knots, with the pressure of a hand: soft at both ends, light where it is fast. */
export function drawCurve(knots: readonly Knot[]): PenPoint[] {
  const places: Knot[] = []
  for (let index = 0; index < knots.length - 1; index++) places.push(...spanPoints(knots, index))
  const last = knots.at(-1)
  if (last !== undefined) places.push(last)
  return places.map(([x, y], index) => [round(x), round(y), pressureAt(index / Math.max(1, places.length - 1), index)])
}

/** A straight line as a hand draws it: a little bent, never quite even. */
export function drawLine(from: Knot, to: Knot): PenPoint[] {
  const bend = 0.006 * Math.hypot(to[0] - from[0], to[1] - from[1])
  const knots = [0, 0.25, 0.5, 0.75, 1].map((part, index): Knot => {
    const aside = bend * Math.sin(part * Math.PI) * (index % 2 === 0 ? 1 : 0.4)
    return [from[0] + (to[0] - from[0]) * part + aside, from[1] + (to[1] - from[1]) * part - aside]
  })
  return drawCurve(knots)
}

const POINT_DISTANCE = 9

/** Catmull-Rom between knot `index` and the next one. */
function spanPoints(knots: readonly Knot[], index: number): Knot[] {
  const at = (offset: number): Knot => knots[Math.min(knots.length - 1, Math.max(0, index + offset))] ?? [0, 0]
  const [before, from, to, after] = [at(-1), at(0), at(1), at(2)]
  const count = Math.max(1, Math.round(Math.hypot(to[0] - from[0], to[1] - from[1]) / POINT_DISTANCE))
  return Array.from({ length: count }, (_, step): Knot => {
    const t = step / count
    return [spline(before[0], from[0], to[0], after[0], t), spline(before[1], from[1], to[1], after[1], t)]
  })
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3)
}

function pressureAt(part: number, index: number): number {
  const body = 0.32 + 0.42 * Math.sin(Math.PI * Math.min(1, 0.12 + part * 0.94)) ** 0.8
  return round(Math.min(1, Math.max(0.1, body + 0.05 * Math.sin(index * 0.9))))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
