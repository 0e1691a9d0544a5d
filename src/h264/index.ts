/**
 * Reads what H.264 says of itself before its pictures are decoded (ITU-T H.264): parameter sets and headers of slices. It knows no
 * container.
 */
export { type Colour, parsePps, parseSps, type Sps } from './parameter-sets.ts'
export { SliceQp } from './slice-qp.ts'
