import {
  blockRect,
  COLUMNS,
  decodeCounter,
  FLASH,
  hasColour,
  PANEL,
  type Pattern,
  type Rect,
  ROWS,
} from '../sources/pattern.ts'
import type { Picture } from './decode.ts'

/** Where a source is in the picture, in pixels: what of it is visible, and its whole frame (which may be cropped). */
export interface Tile {
  readonly visible: Rect
  readonly frame: Rect
  readonly panel: Rect
}

/** A tile smaller than this share of the picture's width or height is noise. */
const SMALLEST_TILE = 0.04
/** Of the ring around a tile of somebody who speaks, whose colour may be nearly a source's, pixels. */
const THICKEST_RING = 4
/** Luma between these is neither a black nor a white block. */
const BLACK_BELOW = 100
const WHITE_ABOVE = 155

/** Finds a source by its colour alone; undefined when it is not in the picture. */
export function locateTile(picture: Picture, pattern: Pattern): Tile | undefined {
  const width = picture.width / 2
  const height = picture.height / 2
  const columns = new Uint32Array(width)
  const rows = new Uint32Array(height)
  const table = colourTable(pattern)
  const u = picture.data.subarray(width * height * 4)
  const v = u.subarray(width * height)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (table[(u[at] ?? 128) * 256 + (v[at] ?? 128)] !== 1) continue
      columns[x] = (columns[x] ?? 0) + 1
      rows[y] = (rows[y] ?? 0) + 1
    }
  }
  const [left, right] = span(columns, height * SMALLEST_TILE)
  const [top, bottom] = span(rows, width * SMALLEST_TILE)
  if (right <= left || bottom <= top) return undefined
  const visible = { x: left * 2, y: top * 2, width: (right - left) * 2, height: (bottom - top) * 2 }
  return tileAround(picture, pattern, visible)
}

/** From the first to behind the last of the lines that have enough of the colour, without lines as thin as a ring. */
function span(counts: Uint32Array, enough: number): readonly [number, number] {
  const isThick = (n: number, at: number): boolean => n >= enough && thickness(counts, at, enough) * 2 > THICKEST_RING
  return [counts.findIndex(isThick), counts.findLastIndex(isThick) + 1]
}

/** How many lines in a row have enough of the colour, around one of them. */
function thickness(counts: Uint32Array, at: number, enough: number): number {
  const isEnough = (line: number): boolean => (counts[line] ?? 0) >= enough
  let [from, to] = [at, at + 1]
  while (isEnough(from - 1)) from--
  while (isEnough(to)) to++
  return to - from
}

function isColoured(picture: Picture, pattern: Pattern, x: number, y: number): boolean {
  const quarter = (picture.width * picture.height) / 4
  const at = quarter * 4 + y * (picture.width / 2) + x
  return colourTable(pattern)[(picture.data[at] ?? 128) * 256 + (picture.data[at + quarter] ?? 128)] === 1
}

const tables = new Map<number, Uint8Array>()

/** `hasColour` of every u and v, because a search asks a quarter of a million times. */
function colourTable(pattern: Pattern): Uint8Array {
  const known = tables.get(pattern.index)
  if (known) return known
  const table = Uint8Array.from({ length: 65536 }, (_, uv) => (hasColour(pattern, uv >> 8, uv & 0xff) ? 1 : 0))
  tables.set(pattern.index, table)
  return table
}

/** Walks from the middle of the panel to its four edges, and from the panel concludes the whole frame. */
function tileAround(picture: Picture, pattern: Pattern, visible: Rect): Tile | undefined {
  const x = Math.round((visible.x + visible.width / 2) / 2)
  const y = Math.round((visible.y + visible.height / 2) / 2)
  const walk = (dx: number, dy: number): number => {
    let steps = 0
    while (!isColoured(picture, pattern, x + dx * steps, y + dy * steps)) {
      if (++steps > picture.width) return Number.NaN
    }
    return steps
  }
  const left = (x - walk(-1, 0) + 1) * 2
  const top = (y - walk(0, -1) + 1) * 2
  const panel = { x: left, y: top, width: (x + walk(1, 0)) * 2 - left, height: (y + walk(0, 1)) * 2 - top }
  if (!(panel.width >= COLUMNS * 2 && panel.height >= ROWS * 2)) return undefined
  const width = panel.width / PANEL.width
  const height = panel.height / PANEL.height
  return { visible, panel, frame: { x: left - PANEL.x * width, y: top - PANEL.y * height, width, height } }
}

/** How far inside and outside an edge is looked, pixels: farther than the edge's own blur. */
const EDGE = 6

/** True while the tile's four edges are where they were: a search costs a hundred times as much. */
export function isStillThere(picture: Picture, pattern: Pattern, tile: Tile): boolean {
  const { x, y, width, height } = tile.visible
  const besidePanel = (tile.panel.y + tile.frame.y + FLASH.height * tile.frame.height + FLASH.y * tile.frame.height) / 2
  const middle = x + width / 2
  const edges = [
    { inX: x + EDGE, inY: besidePanel, outX: x - EDGE, outY: besidePanel },
    { inX: x + width - EDGE, inY: besidePanel, outX: x + width + EDGE, outY: besidePanel },
    { inX: middle, inY: y + EDGE, outX: middle, outY: y - EDGE },
    { inX: middle, inY: y + height - EDGE, outX: middle, outY: y + height + EDGE },
  ]
  const isOn = (atX: number, atY: number): boolean =>
    atX >= 0 &&
    atY >= 0 &&
    atX < picture.width &&
    atY < picture.height &&
    isColoured(picture, pattern, Math.floor(atX / 2), Math.floor(atY / 2))
  return edges.every(({ inX, inY, outX, outY }) => isOn(inX, inY) && !isOn(outX, outY))
}

/** The frame counter shown in a tile; undefined when the tile does not show this source (a placeholder, a transition). */
export function readCounter(picture: Picture, pattern: Pattern, tile: Tile): number | undefined {
  const blocks: boolean[] = []
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    const luma = meanLuma(picture, blockRect(tile.panel, i))
    if (luma > BLACK_BELOW && luma < WHITE_ABOVE) return undefined
    blocks.push(luma >= WHITE_ABOVE)
  }
  return decodeCounter(blocks, pattern.index)
}

/** True in the one frame of each second that flashes. */
export function readFlash(picture: Picture, tile: Tile): boolean {
  const { frame } = tile
  return (
    meanLuma(picture, {
      x: frame.x + frame.width * 0.3,
      y: frame.y + FLASH.y * frame.height,
      width: frame.width * 0.4,
      height: FLASH.height * frame.height,
    }) >= WHITE_ABOVE
  )
}

/** The mean colour of a rectangle. */
export interface Colour {
  readonly y: number
  readonly u: number
  readonly v: number
}

export function meanColour(picture: Picture, rect: Rect): Colour {
  const { width, height, data } = picture
  const plane = (offset: number, scale: number): number => {
    const toX = Math.floor((rect.x + rect.width) / scale)
    const toY = Math.floor((rect.y + rect.height) / scale)
    let sum = 0
    let count = 0
    for (let y = Math.ceil(rect.y / scale); y < toY; y++) {
      for (let x = Math.ceil(rect.x / scale); x < toX; x++, count++) sum += data[offset + y * (width / scale) + x] ?? 0
    }
    return sum / count
  }
  return { y: plane(0, 1), u: plane(width * height, 2), v: plane(width * height * 1.25, 2) }
}

/** Mean luma of the inner half of a rectangle, where no edge of a scaled or compressed block reaches. */
function meanLuma(picture: Picture, rect: Rect): number {
  const fromX = Math.floor(rect.x + rect.width / 4)
  const toX = Math.ceil(rect.x + (rect.width * 3) / 4)
  const toY = Math.ceil(rect.y + (rect.height * 3) / 4)
  let sum = 0
  let count = 0
  for (let y = Math.floor(rect.y + rect.height / 4); y < toY; y++) {
    for (let x = fromX; x < toX; x++, count++) sum += picture.data[y * picture.width + x] ?? 0
  }
  return sum / count
}
