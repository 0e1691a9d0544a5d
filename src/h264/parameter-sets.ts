import { BitReader, withoutEmulation } from './bit-reader.ts'

/** What the colours of a picture mean, as code points of ITU-T H.273. */
export interface Colour {
  readonly fullRange: boolean
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
}

/** What a sequence parameter set says that a container or another encoder has to know. */
export interface Sps {
  readonly id: number
  readonly profile: number
  readonly constraints: number
  readonly level: number
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  readonly width: number
  readonly height: number
  readonly colour: Colour
  /** How the headers of slices are to be read. */
  readonly slices: SliceSyntax
}

/** What of a sequence decides where the fields of its slice headers lie (§7.3.3). */
export interface SliceSyntax {
  /** Bits of `frame_num`. */
  readonly frameNumBits: number
  /** Bits of `pic_order_cnt_lsb`: 0 where the order type is not 0. */
  readonly orderBits: number
  readonly orderType: number
  readonly isFramesOnly: boolean
  readonly hasSeparatePlanes: boolean
}

/** What a picture parameter set says of the slices that name it (§7.3.2.2). */
export interface Pps {
  readonly id: number
  readonly spsId: number
  readonly isCabac: boolean
  /** `bottom_field_pic_order_in_frame_present_flag`: a slice may tell a second order. */
  readonly hasFieldOrder: boolean
  readonly sliceGroups: number
  readonly weightedPrediction: boolean
  readonly weightedBiprediction: number
  /** `26 + pic_init_qp_minus26`. */
  readonly initialQp: number
  readonly hasRedundantPictures: boolean
}

const FORMAT_420 = { chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8, hasSeparatePlanes: false }

/** Profiles whose parameter sets tell the chroma format (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128])
const UNSPECIFIED = 2
/** Of a set with slice groups, whose rest is not read. */
const NO_PREDICTION = { weightedPrediction: false, weightedBiprediction: 0, initialQp: 26, hasRedundantPictures: false }
const EXTENDED_ASPECT = 255

/** Reads a sequence parameter set (ITU-T H.264 §7.3.2.1.1). Throws a RangeError when it is cut short. */
export function parseSps(unit: Uint8Array): Sps {
  const bits = new BitReader(withoutEmulation(unit.subarray(1)))
  const profile = bits.read(8)
  const constraints = bits.read(8)
  const level = bits.read(8)
  const id = bits.ue()
  const format = HIGH_PROFILES.has(profile) ? readFormat(bits) : FORMAT_420
  const frameNumBits = bits.ue() + 4
  const order = readPictureOrder(bits)
  bits.ue()
  bits.read(1)
  const { isFramesOnly, ...size } = readSize(bits, format.chromaFormat)
  const colour = bits.read(1) === 1 ? readColour(bits) : unknownColour(false)
  const { hasSeparatePlanes, ...depth } = format
  const slices = { frameNumBits, ...order, isFramesOnly, hasSeparatePlanes }
  return { id, profile, constraints, level, ...depth, ...size, colour, slices }
}

/** Reads a picture parameter set up to `redundant_pic_cnt_present_flag` (§7.3.2.2); slice groups are not read but counted. */
export function parsePps(unit: Uint8Array): Pps {
  const bits = new BitReader(withoutEmulation(unit.subarray(1)))
  const id = bits.ue()
  const spsId = bits.ue()
  const isCabac = bits.read(1) === 1
  const hasFieldOrder = bits.read(1) === 1
  const sliceGroups = bits.ue() + 1
  const rest = { id, spsId, isCabac, hasFieldOrder, sliceGroups }
  if (sliceGroups > 1) return { ...rest, ...NO_PREDICTION }
  bits.ue()
  bits.ue()
  const weightedPrediction = bits.read(1) === 1
  const weightedBiprediction = bits.read(2)
  const initialQp = 26 + bits.se()
  bits.se()
  bits.se()
  bits.read(2)
  const hasRedundantPictures = bits.read(1) === 1
  return { ...rest, weightedPrediction, weightedBiprediction, initialQp, hasRedundantPictures }
}

function readFormat(bits: BitReader) {
  const chromaFormat = bits.ue()
  const hasSeparatePlanes = chromaFormat === 3 && bits.read(1) === 1
  const bitDepthLuma = 8 + bits.ue()
  const bitDepthChroma = 8 + bits.ue()
  bits.read(1)
  if (bits.read(1) === 1) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list += 1) {
      if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return { chromaFormat, bitDepthLuma, bitDepthChroma, hasSeparatePlanes }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i += 1) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

function readPictureOrder(bits: BitReader): { orderType: number; orderBits: number } {
  const orderType = bits.ue()
  if (orderType === 0) return { orderType, orderBits: bits.ue() + 4 }
  if (orderType === 1) {
    bits.read(1)
    bits.se()
    bits.se()
    for (let left = bits.ue(); left > 0; left -= 1) bits.se()
  }
  return { orderType, orderBits: 0 }
}

function readSize(bits: BitReader, chromaFormat: number): { width: number; height: number; isFramesOnly: boolean } {
  const columns = bits.ue() + 1
  const rows = bits.ue() + 1
  const framesOnly = bits.read(1)
  if (framesOnly === 0) bits.read(1)
  bits.read(1)
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const unitY = (chromaFormat === 1 ? 2 : 1) * (2 - framesOnly)
  const [left, right, top, bottom] = bits.read(1) === 1 ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  return {
    width: columns * 16 - (left + right) * unitX,
    height: rows * 16 * (2 - framesOnly) - (top + bottom) * unitY,
    isFramesOnly: framesOnly === 1,
  }
}

function readColour(bits: BitReader): Colour {
  if (bits.read(1) === 1 && bits.read(8) === EXTENDED_ASPECT) bits.read(32)
  if (bits.read(1) === 1) bits.read(1)
  if (bits.read(1) === 0) return unknownColour(false)
  bits.read(3)
  const fullRange = bits.read(1) === 1
  if (bits.read(1) === 0) return unknownColour(fullRange)
  return { fullRange, primaries: bits.read(8), transfer: bits.read(8), matrix: bits.read(8) }
}

function unknownColour(fullRange: boolean): Colour {
  return { fullRange, primaries: UNSPECIFIED, transfer: UNSPECIFIED, matrix: UNSPECIFIED }
}
