/**
 * The kernels, in AssemblyScript: planes of 8-bit samples in linear memory. Nothing here allocates or keeps a picture. A kernel changes no byte
 * outside of the rectangle that it is given, except where it says that it writes whole 16s. Rows may be read up to 31 bytes beyond their
 * end. Sizes are at least 1.
 */
export { blendPlane, copyPlane, fillPlane, maskPlane } from './blend.ts'
export { planesFromRgba, recolour, setMatrix, setRecolour, splitChroma, turnPlane } from './convert.ts'
export { samePlane } from './measure.ts'
export { halvePlane, scalePlane } from './scale.ts'
