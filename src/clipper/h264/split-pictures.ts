import { beginsPicture, NAL, nalType, splitAnnexB } from './nal-units.ts'
import type { ParameterSets } from './set-table.ts'

/** One picture of an encoder, as views on its stream. */
export interface EncodedPicture {
  readonly idr: boolean
  /** Its slices. */
  readonly units: readonly Uint8Array[]
}

/** The pictures of an encoder's byte stream, and every parameter set in it, each once (ITU-T H.264 annex B). */
export function splitPictures(stream: Uint8Array): { pictures: readonly EncodedPicture[]; sets: ParameterSets } {
  const pictures: { idr: boolean; units: Uint8Array[] }[] = []
  const [sps, pps]: [Map<string, Uint8Array>, Map<string, Uint8Array>] = [new Map(), new Map()]
  for (const unit of splitAnnexB(stream)) {
    const type = nalType(unit)
    if (type === NAL.sps) sps.set(Buffer.from(unit).toString('hex'), unit)
    else if (type === NAL.pps) pps.set(Buffer.from(unit).toString('hex'), unit)
    else if (beginsPicture(unit)) pictures.push({ idr: type === NAL.idr, units: [unit] })
    else if (type >= 1 && type <= NAL.idr) pictures.at(-1)?.units.push(unit)
  }
  return { pictures, sets: { sps: [...sps.values()], pps: [...pps.values()] } }
}
