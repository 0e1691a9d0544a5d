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
}

/** Profiles whose parameter sets tell the chroma format (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128])
const UNSPECIFIED = 2
const EXTENDED_ASPECT = 255

/** Reads a sequence parameter set (ITU-T H.264 §7.3.2.1.1). Throws a RangeError when it is cut short. */
export function parseSps(unit: Uint8Array): Sps {
  const bits = new BitReader(withoutEmulation(unit.subarray(1)))
  const profile = bits.read(8)
  const constraints = bits.read(8)
  const level = bits.read(8)
  const id = bits.ue()
  const format = HIGH_PROFILES.has(profile) ? readFormat(bits) : { chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8 }
  bits.ue()
  skipPictureOrder(bits)
  bits.ue()
  bits.read(1)
  const size = readSize(bits, format.chromaFormat)
  const colour = bits.read(1) === 1 ? readColour(bits) : unknownColour(false)
  return { id, profile, constraints, level, ...format, ...size, colour }
}

/** `pic_parameter_set_id` (§7.3.2.2). */
export function parsePpsId(unit: Uint8Array): number {
  return new BitReader(withoutEmulation(unit.subarray(1))).ue()
}

function readFormat(bits: BitReader) {
  const chromaFormat = bits.ue()
  if (chromaFormat === 3) bits.read(1)
  const bitDepthLuma = 8 + bits.ue()
  const bitDepthChroma = 8 + bits.ue()
  bits.read(1)
  if (bits.read(1) === 1) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list += 1) {
      if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return { chromaFormat, bitDepthLuma, bitDepthChroma }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i += 1) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.ue()
  if (type === 0) bits.ue()
  if (type !== 1) return
  bits.read(1)
  bits.se()
  bits.se()
  for (let left = bits.ue(); left > 0; left -= 1) bits.se()
}

function readSize(bits: BitReader, chromaFormat: number): { width: number; height: number } {
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
