import type { Recolour, RgbMatrix } from './kernels/kernels.ts'

/** Every picture of every take is of this: ITU-R BT.709, limited range. */
export const PICTURE_COLOURS: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
}

/** Shares of red and blue in luma: ITU-R BT.709-6 §3.2, BT.601-7 §2.5.1. */
const BT709 = { red: 0.2126, blue: 0.0722 }
const BT601 = { red: 0.299, blue: 0.114 }
type Weights = typeof BT709

/** Limited range: steps of luma from black to white, and of chroma (BT.709-6 §4). Full range has 255 of both. */
const LUMA = 219
const CHROMA = 224
const FULL = 255
const BLACK = 16

export type Yuv = readonly [y: number, u: number, v: number]

/** Rows of the matrix from RGB of 0 to 1 to luma of 0 to 1, and chroma of -0.5 to 0.5. */
function fromRgb({ red, blue }: Weights): readonly (readonly [number, number, number])[] {
  const green = 1 - red - blue
  const [toBlue, toRed] = [2 * (1 - blue), 2 * (1 - red)]
  return [
    [red, green, blue],
    [-red / toBlue, -green / toBlue, 0.5],
    [0.5, -green / toRed, -blue / toRed],
  ]
}

/** From RGB of 8 bits to a picture's planes. */
export const RGB_TO_PICTURE = fromRgb(BT709).flatMap((row, index) =>
  row.map((factor) => Math.round(((factor * (index === 0 ? LUMA : CHROMA)) / FULL) * 32768)),
) as unknown as RgbMatrix

/** A colour `#rrggbb` as samples of the picture. */
export function yuvOf(color: string): Yuv {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  const sample = (row: number, zero: number) =>
    Math.round(zero + rgb.reduce((sum, value, i) => sum + (RGB_TO_PICTURE[3 * row + i] ?? 0) * value, 0) / 32768)
  return [sample(0, BLACK), sample(1, 128), sample(2, 128)]
}

/** Luma of a picture's plane as 0 to 255. */
export function fullRangeOf(luma: number): number {
  return Math.min(FULL, Math.max(0, ((luma - BLACK) * FULL) / LUMA))
}

/**
 * How a frame's samples become the picture's: `'none'`, a matrix, or `'rgb'` where only a way over RGB is right: other primaries need linear
 * light. What a frame does not say is as Chrome takes it: BT.709, limited.
 */
export function recolourOf({ matrix, primaries, transfer, fullRange }: VideoColorSpaceInit): Recolour | 'none' | 'rgb' {
  const weights = weightsOf(matrix)
  if (weights === undefined || !isSdr(primaries, transfer)) return 'rgb'
  if (weights === BT709 && fullRange !== true) return 'none'
  return buildRecolour(weights, fullRange === true)
}

function weightsOf(matrix: VideoColorSpaceInit['matrix']): Weights | undefined {
  if (matrix == null || matrix === 'bt709') return BT709
  return matrix === 'smpte170m' || matrix === 'bt470bg' ? BT601 : undefined
}

/** Chrome takes the primaries of SMPTE 170M for those of BT.709, and the transfers of both for that of sRGB. */
function isSdr(primaries: VideoColorSpaceInit['primaries'], transfer: VideoColorSpaceInit['transfer']): boolean {
  const isNear = primaries == null || primaries === 'bt709' || primaries === 'smpte170m'
  return isNear && (transfer == null || transfer === 'bt709' || transfer === 'smpte170m' || transfer === 'iec61966-2-1')
}

function buildRecolour(from: Weights, isFull: boolean): Recolour {
  const { red, blue } = from
  const green = 1 - red - blue
  const [toBlue, toRed] = [2 * (1 - blue), 2 * (1 - red)]
  // Columns: what one unit of luma, U and V gives in R, G and B.
  const rgb = [
    [1, 1, 1],
    [0, (-blue * toBlue) / green, toBlue],
    [toRed, (-red * toRed) / green, 0],
  ]
  const steps = { luma: isFull ? FULL : LUMA, chroma: isFull ? FULL : CHROMA }
  const factor = (to: number, by: number): number => {
    const unit = (fromRgb(BT709)[to] ?? []).reduce((sum, value, i) => sum + value * (rgb[by]?.[i] ?? 0), 0)
    const scale = (to === 0 ? LUMA : CHROMA) / (by === 0 ? steps.luma : steps.chroma)
    return Math.round(unit * scale * 16384)
  }
  return [
    factor(0, 0),
    factor(0, 1),
    factor(0, 2),
    factor(1, 1),
    factor(1, 2),
    factor(2, 1),
    factor(2, 2),
    isFull ? 0 : BLACK,
  ]
}
