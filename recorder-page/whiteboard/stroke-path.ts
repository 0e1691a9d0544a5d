import { getStroke } from 'perfect-freehand'
import type { StrokeElement } from '../../src/protocol/board.ts'
import { strokeWidthOf } from './bounds.ts'

/** The outline of a pen stroke: as wide as the pen was pressed, or as fast as it moved where no pressure was sent. */
export function strokePath(element: StrokeElement): Path2D {
  const pressed = element.points.some((point) => point.length > 2)
  const outline = getStroke(element.points, {
    size: strokeWidthOf(element) * 1.25,
    thinning: pressed ? 0.62 : 0.5,
    smoothing: 0.6,
    streamline: 0.36,
    simulatePressure: !pressed,
    last: true,
  })
  return closedCurve(outline)
}

/** A smooth closed curve through the middles of the outline's edges. */
function closedCurve(outline: readonly (readonly [number, number])[]): Path2D {
  const path = new Path2D()
  const last = outline.at(-1)
  const first = outline[0]
  if (first === undefined || last === undefined) return path
  path.moveTo((last[0] + first[0]) / 2, (last[1] + first[1]) / 2)
  outline.forEach(([x, y], index) => {
    const [nextX, nextY] = outline[index + 1] ?? first
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2)
  })
  path.closePath()
  return path
}
