import { BitReader, withoutEmulation } from './bit-reader.ts'
import { type Pps, parsePps, parseSps, type SliceSyntax } from './parameter-sets.ts'

const NAL_SLICE = 1
const NAL_IDR = 5
const NAL_SPS = 7
const NAL_PPS = 8
/** Parameter sets and the header of the first slice lie in here, with room to spare. */
const HEAD_BYTES = 512
/** The header of a slice is shorter than this. */
const HEADER_BYTES = 64
/** `slice_type` modulo 5 (table 7-6). */
const P = 0
const B = 1
const SP = 3
const SI = 4

/**
 * Tells the quantizer of pictures in one byte stream (Annex B): that of their first slice, `26 + pic_init_qp_minus26 + slice_qp_delta`
 * (ITU-T H.264 §7.4.3), from 0, the finest, to 51. Macroblocks may differ from it.
 */
export class SliceQp {
  readonly #sequences = new Map<number, SliceSyntax>()
  readonly #pictures = new Map<number, Pps>()

  /** Undefined for a picture whose sets were not there, or which uses what no live encoder does: fields, slice groups, weights. */
  read(picture: Uint8Array): number | undefined {
    try {
      return this.#read(picture.subarray(0, HEAD_BYTES))
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }

  #read(head: Uint8Array): number | undefined {
    for (const start of unitStarts(head)) {
      const unit = head.subarray(start)
      const type = (unit[0] ?? 0) & 0x1f
      if (type === NAL_SPS) this.#addSequence(unit)
      else if (type === NAL_PPS) this.#addPicture(unit)
      else if (type === NAL_SLICE || type === NAL_IDR) return this.#readSlice(unit, type === NAL_IDR)
    }
    return undefined
  }

  #addSequence(unit: Uint8Array): void {
    const { id, slices } = parseSps(unit)
    this.#sequences.set(id, slices)
  }

  #addPicture(unit: Uint8Array): void {
    const pps = parsePps(unit)
    this.#pictures.set(pps.id, pps)
  }

  /** `slice_header()` (§7.3.3). */
  #readSlice(unit: Uint8Array, isIdr: boolean): number | undefined {
    const bits = new BitReader(withoutEmulation(unit.subarray(1, HEADER_BYTES)))
    bits.ue()
    const type = bits.ue() % 5
    const pps = this.#pictures.get(bits.ue())
    const syntax = pps && this.#sequences.get(pps.spsId)
    if (pps === undefined || syntax === undefined || !isPlain(syntax, pps, type)) return undefined
    if (syntax.hasSeparatePlanes) bits.read(2)
    bits.read(syntax.frameNumBits)
    if (isIdr) bits.ue()
    bits.read(syntax.orderBits)
    if (syntax.orderType === 0 && pps.hasFieldOrder) bits.se()
    if (pps.hasRedundantPictures) bits.ue()
    if (type === P) skipReferences(bits)
    if (((unit[0] ?? 0) & 0x60) !== 0) skipMarking(bits, isIdr)
    if (pps.isCabac && type === P) bits.ue()
    return pps.initialQp + bits.se()
  }
}

/** Frames of I and P slices, whose order is told by number or not at all. */
function isPlain({ isFramesOnly, orderType }: SliceSyntax, pps: Pps, type: number): boolean {
  if (type === B || type === SP || type === SI) return false
  return isFramesOnly && orderType !== 1 && pps.sliceGroups === 1 && !pps.weightedPrediction
}

/** `num_ref_idx_active_override_flag` and `ref_pic_list_modification()` (§7.3.3.1). */
function skipReferences(bits: BitReader): void {
  if (bits.read(1) === 1) bits.ue()
  if (bits.read(1) === 0) return
  while (bits.ue() !== 3) bits.ue()
}

/** `dec_ref_pic_marking()` (§7.3.3.3). */
function skipMarking(bits: BitReader, isIdr: boolean): void {
  if (isIdr) {
    bits.read(2)
    return
  }
  if (bits.read(1) === 0) return
  for (let operation = bits.ue(); operation !== 0; operation = bits.ue()) {
    if (operation !== 5) bits.ue()
    if (operation === 3) bits.ue()
  }
}

/** Where units begin, behind their start codes. */
function* unitStarts(bytes: Uint8Array): Generator<number> {
  for (let i = 2; i < bytes.length - 1; i += 1)
    if (bytes[i] === 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0) yield i + 1
}
