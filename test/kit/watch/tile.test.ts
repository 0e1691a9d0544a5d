import { expect, test } from 'vitest'
import { FLASH, PANEL, patternOf, type Rect } from '../sources/pattern.ts'
import type { Picture } from './decode.ts'
import { locateTile } from './tile.ts'

const SIZE = { width: 640, height: 360 }
const BEN = patternOf(4)
const TILE: Rect = { x: 420, y: 180, width: 210, height: 120 }

test('a tile is found where it is, though a ring of nearly its colour is around another one', () => {
  const alone = paint([TILE])
  const ringed = paint([TILE, ...ring({ x: 8, y: 20, width: 204, height: 118 })])
  expect(locateTile(alone, BEN)).toMatchObject({ visible: TILE })
  expect(locateTile(ringed, BEN)).toEqual(locateTile(alone, BEN))
})

test('a tile that flashes is whole, with the strip above its flash', () => {
  const flash = partOf(TILE, FLASH)
  const blurred = { ...flash, y: flash.y - 2 }
  expect(locateTile(paint([TILE], [blurred]), BEN)?.visible).toEqual(TILE)
})

test('rings alone are no tile', () => {
  expect(locateTile(paint(ring(TILE)), BEN)).toBeUndefined()
})

/** The four lines of a ring, four pixels thick. */
function ring({ x, y, width, height }: Rect): Rect[] {
  return [
    { x, y, width, height: 4 },
    { x, y: y + height - 4, width, height: 4 },
    { x, y, width: 4, height },
    { x: x + width - 4, y, width: 4, height },
  ]
}

/** A grey picture with these rectangles in the colour of the pattern; a big one has its panel, which is grey, as `greys` are. */
function paint(rects: readonly Rect[], greys: readonly Rect[] = []): Picture {
  const { width, height } = SIZE
  const data = new Uint8Array((width * height * 3) / 2).fill(128)
  const fill = ({ x, y, width: wide, height: high }: Rect, u: number, v: number): void => {
    for (let row = Math.ceil(y / 2); row < (y + high) / 2; row++) {
      const at = width * height + row * (width / 2) + Math.ceil(x / 2)
      data.fill(u, at, at + wide / 2)
      data.fill(v, at + (width * height) / 4, at + (width * height) / 4 + wide / 2)
    }
  }
  for (const rect of rects) {
    fill(rect, BEN.u, BEN.v)
    if (Math.min(rect.width, rect.height) > 100) fill(partOf(rect, PANEL), 128, 128)
  }
  for (const rect of greys) fill(rect, 128, 128)
  return { ...SIZE, data }
}

/** A part of the rectangle, given in fractions of it. */
function partOf({ x, y, width, height }: Rect, part: Rect): Rect {
  return {
    x: x + part.x * width,
    y: y + part.y * height,
    width: part.width * width,
    height: part.height * height,
  }
}
