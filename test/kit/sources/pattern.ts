/** Frames a second of every pattern source; a flash and a beep fall on each 25th frame. */
export const PATTERN_FPS = 25
export const BEEP_SEC = 0.06
const COUNTER_BITS = 16
/** 65,536 frames: 43 minutes until a counter comes again. */
export const COUNTER_PERIOD = 2 ** COUNTER_BITS
const CHECK_BITS = 8
export const COLUMNS = 8
export const ROWS = 3

/** A rectangle, in fractions of the picture or in pixels. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
/** Where the counter's blocks are. Centred, so that a tile that covers its rectangle still shows it whole. */
export const PANEL: Rect = { x: 0.08, y: 0.28, width: 0.84, height: 0.44 }
/** White during a flash, else of the source's colour. */
export const FLASH: Rect = { x: 0, y: 0.06, width: 1, height: 0.16 }

/** A source that can be told from all others by its colour, its tone and its counter's check bits. */
export interface Pattern {
  readonly index: number
  /** Luma and chroma of the background, limited range. */
  readonly y: number
  readonly u: number
  readonly v: number
  /** A multiple of 100 Hz, so that a 10 ms window hears none of the others. */
  readonly beepHz: number
}

/** Angle between neighbours of the first six sources in the chroma plane; the next six lie half way between. */
const HUE_STEP_DEG = 60
const CHROMA_RADIUS = 64

/** The pattern of a source, from 0 to 11. */
export function patternOf(index: number): Pattern {
  const angle = hueOf(index)
  return {
    index,
    y: 96,
    u: Math.round(128 + CHROMA_RADIUS * Math.cos(angle)),
    v: Math.round(128 + CHROMA_RADIUS * Math.sin(angle)),
    beepHz: 1000 + 500 * index,
  }
}

function hueOf(index: number): number {
  return (((index % 6) * HUE_STEP_DEG + Math.floor(index / 6) * (HUE_STEP_DEG / 2) + 10) * Math.PI) / 180
}

/** The pattern's colour, within half the distance to its nearest neighbour and not pale. */
export function hasColour(pattern: Pattern, u: number, v: number): boolean {
  const radius = Math.hypot(u - 128, v - 128)
  if (radius < CHROMA_RADIUS / 2) return false
  const along = (u - 128) * (pattern.u - 128) + (v - 128) * (pattern.v - 128)
  const size = radius * Math.hypot(pattern.u - 128, pattern.v - 128)
  return along / size > Math.cos(((HUE_STEP_DEG / 4) * Math.PI) / 180)
}

/** CRC-8 (polynomial 0x07) of the counter, begun with the source's index: another source's counter never passes. */
function checksum(counter: number, index: number): number {
  let crc = index + 1
  for (const byte of [counter >> 8, counter & 0xff]) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1
  }
  return crc
}

/** The counter's blocks, row by row; true is white. It begins again at 0 after `COUNTER_PERIOD` frames. */
export function encodeCounter(counter: number, index: number): boolean[] {
  const shown = counter % COUNTER_PERIOD
  const word = shown * 2 ** CHECK_BITS + checksum(shown, index)
  return Array.from({ length: COUNTER_BITS + CHECK_BITS }, (_, i) => ((word >> (23 - i)) & 1) === 1)
}

/** The inverse; undefined when the check bits are wrong. */
export function decodeCounter(blocks: readonly boolean[], index: number): number | undefined {
  const word = blocks.reduce((value, white) => value * 2 + (white ? 1 : 0), 0)
  const counter = word >> CHECK_BITS
  return checksum(counter, index) === (word & 0xff) ? counter : undefined
}

/** One picture as I420, limited range. Width and height are multiples of 2. */
export function drawPattern(pattern: Pattern, counter: number, size: { width: number; height: number }): Uint8Array {
  const { width, height } = size
  const picture = new Uint8Array((width * height * 3) / 2)
  const chroma = (width * height) / 4
  picture.fill(pattern.y, 0, chroma * 4)
  picture.fill(pattern.u, chroma * 4, chroma * 5)
  picture.fill(pattern.v, chroma * 5)
  const fill = (rect: Rect, luma: number) => fillNeutral(picture, size, { rect, luma })
  if (counter % PATTERN_FPS === 0) fill(FLASH, 235)
  encodeCounter(counter, pattern.index).forEach((white, i) => {
    fill(blockRect(PANEL, i), white ? 235 : 16)
  })
  return picture
}

/** The i-th block of a panel, in the panel's units. */
export function blockRect(panel: Rect, i: number): Rect {
  const width = panel.width / COLUMNS
  const height = panel.height / ROWS
  return { x: panel.x + (i % COLUMNS) * width, y: panel.y + Math.floor(i / COLUMNS) * height, width, height }
}

function fillNeutral(
  picture: Uint8Array,
  size: { width: number; height: number },
  { rect, luma }: { rect: Rect; luma: number },
): void {
  const fillPlane = (offset: number, width: number, height: number, value: number): void => {
    const left = Math.round(rect.x * width)
    const right = Math.round((rect.x + rect.width) * width)
    const bottom = Math.round((rect.y + rect.height) * height)
    for (let y = Math.round(rect.y * height); y < bottom; y++) {
      picture.fill(value, offset + y * width + left, offset + y * width + right)
    }
  }
  const { width, height } = size
  fillPlane(0, width, height, luma)
  fillPlane(width * height, width / 2, height / 2, 128)
  fillPlane(width * height * 1.25, width / 2, height / 2, 128)
}
