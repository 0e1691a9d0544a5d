/** Splits the interleaved chroma of NV12. Writes whole 16s. */
export function splitChroma(
  src: usize,
  srcStride: i32,
  u: usize,
  v: usize,
  stride: i32,
  width: i32,
  height: i32,
): void {
  const bytes = i16x8.splat(255)
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x += 16) {
      const a = v128.load(src + 2 * <usize>x)
      const b = v128.load(src + 2 * <usize>x, 16)
      v128.store(u + x, i8x16.narrow_i16x8_u(v128.and(a, bytes), v128.and(b, bytes)))
      v128.store(v + x, i8x16.narrow_i16x8_u(i16x8.shr_u(a, 8), i16x8.shr_u(b, 8)))
    }
    src += srcStride
    u += stride
    v += stride
  }
}

/** Turns a plane by steps of a quarter, or mirrors it: the result's (x, y) is the byte at `src + x * dx + y * dy`. */
export function turnPlane(src: usize, dx: i32, dy: i32, dst: usize, stride: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    let from = src
    for (let x = 0; x < width; x++) {
      store<u8>(dst + x, load<u8>(from))
      from += dx
    }
    src += dy
    dst += stride
  }
}

let yy: i16 = 0
let yu: i16 = 0
let yv: i16 = 0
let uu: i16 = 0
let uv: i16 = 0
let vu: i16 = 0
let vv: i16 = 0
let y0: i16 = 0

/** Sets the matrix of `recolour`, in 1/16384; a sample of `offset` is black and becomes 16. */
export function setRecolour(
  yFromY: i32,
  yFromU: i32,
  yFromV: i32,
  uFromU: i32,
  uFromV: i32,
  vFromU: i32,
  vFromV: i32,
  offset: i32,
): void {
  yy = <i16>yFromY
  yu = <i16>yFromU
  yv = <i16>yFromV
  uu = <i16>uFromU
  uv = <i16>uFromV
  vu = <i16>vFromU
  vv = <i16>vFromV
  y0 = <i16>offset
}

/** Samples less their zero in 7 fractional bits, times 1/16384ths: 6 fractional bits. */
function times(samples: v128, factor: i16): v128 {
  return i16x8.q15mulr_sat_s(samples, i16x8.splat(factor))
}

/** Rounds 6 fractional bits away, and adds the zero. */
function samplesOf(low: v128, high: v128, zero: i16): v128 {
  const half = i16x8.splat(32)
  const z = i16x8.splat(zero)
  return i8x16.narrow_i16x8_u(
    i16x8.add(i16x8.shr_s(i16x8.add_sat_s(low, half), 6), z),
    i16x8.add(i16x8.shr_s(i16x8.add_sat_s(high, half), 6), z),
  )
}

function lumaRow(y: usize, n: i32, u: usize, v: usize): void {
  const zero = i16x8.splat(y0)
  const zeroC = i16x8.splat(128)
  for (let x = 0; x < n; x += 16) {
    const luma = v128.load(y + x)
    const cu = i16x8.shl(i16x8.sub(v128.load8x8_u(u + (x >> 1)), zeroC), 7)
    const cv = i16x8.shl(i16x8.sub(v128.load8x8_u(v + (x >> 1)), zeroC), 7)
    const shift = i16x8.add_sat_s(times(cu, yu), times(cv, yv))
    const low = times(i16x8.shl(i16x8.sub(i16x8.extend_low_i8x16_u(luma), zero), 7), yy)
    const high = times(i16x8.shl(i16x8.sub(i16x8.extend_high_i8x16_u(luma), zero), 7), yy)
    const shiftLow = i8x16.shuffle(shift, shift, 0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7)
    const shiftHigh = i8x16.shuffle(shift, shift, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 15, 14, 15)
    v128.store(y + x, samplesOf(i16x8.add_sat_s(low, shiftLow), i16x8.add_sat_s(high, shiftHigh), 16))
  }
}

function chromaRow(u: usize, v: usize, n: i32): void {
  const zero = i16x8.splat(128)
  for (let x = 0; x < n; x += 8) {
    const cu = i16x8.shl(i16x8.sub(v128.load8x8_u(u + x), zero), 7)
    const cv = i16x8.shl(i16x8.sub(v128.load8x8_u(v + x), zero), 7)
    const newU = i16x8.add_sat_s(times(cu, uu), times(cv, uv))
    const newV = i16x8.add_sat_s(times(cu, vu), times(cv, vv))
    v128.store64_lane(u + x, samplesOf(newU, newU, 128), 0)
    v128.store64_lane(v + x, samplesOf(newV, newV, 128), 0)
  }
}

/** Brings planes of 4:2:0 to the matrix and range of the picture, in place. Writes whole 16s of luma and 8s of chroma. */
export function recolour(y: usize, u: usize, v: usize, stride: i32, strideC: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    lumaRow(y, width, u, v)
    y += stride
    if ((row & 1) === 0 && row + 1 < height) continue
    chromaRow(u, v, (width + 1) >> 1)
    u += strideC
    v += strideC
  }
}

let ofY: v128 = i16x8.splat(0)
let ofU: v128 = i16x8.splat(0)
let ofV: v128 = i16x8.splat(0)

/** Sets the matrix from RGB to limited range, in 1/32768. */
export function setMatrix(
  yFromR: i32,
  yFromG: i32,
  yFromB: i32,
  uFromR: i32,
  uFromG: i32,
  uFromB: i32,
  vFromR: i32,
  vFromG: i32,
  vFromB: i32,
): void {
  ofY = pixelWeights(yFromR, yFromG, yFromB, 0)
  ofU = pixelWeights(uFromR, uFromG, uFromB, ZERO_OF_CHROMA)
  ofV = pixelWeights(vFromR, vFromG, vFromB, ZERO_OF_CHROMA)
}

/** 128 / 255 in 1/32768: premultiplied, the zero of chroma is that much of the alpha. */
const ZERO_OF_CHROMA: i32 = 16448

/** Weights of the channels of two pixels. */
function pixelWeights(r: i32, g: i32, b: i32, a: i32): v128 {
  const one = i32x4.replace_lane(i32x4.splat((r & 0xffff) | (g << 16)), 1, (b & 0xffff) | (a << 16))
  return i64x2.splat(i64x2.extract_lane(one, 0))
}

const OPAQUE = 1
const EMPTY = 2

/**
 * Turns straight RGBA into premultiplied Y with alpha `a`, and U and V with theirs at half the size. `width` and `height` are
 * even. Returns `OPAQUE` or `EMPTY` where all of it is so, else 0.
 */
export function planesFromRgba(
  src: usize,
  srcStride: i32,
  width: i32,
  height: i32,
  y: usize,
  a: usize,
  stride: i32,
  u: usize,
  v: usize,
  ac: usize,
  strideC: i32,
): i32 {
  let all = i32x4.splat(-1)
  let any = i32x4.splat(0)
  for (let row = 0; row < height; row += 2) {
    for (let x = 0; x < width; x += 4) {
      const isPair = width - x < 4
      const p = src + <usize>(4 * x)
      // Two pixels at the end of a row stand twice.
      const top = isPair ? v128.load64_splat(p) : v128.load(p)
      const low = isPair ? v128.load64_splat(p + srcStride) : v128.load(p + srcStride)
      all = v128.and(all, v128.and(top, low))
      any = v128.or(any, v128.or(top, low))
      storeLuma(top, y + x, a + x, isPair)
      storeLuma(low, y + x + stride, a + x + stride, isPair)
      storeChroma(top, low, u + (x >> 1), v + (x >> 1), ac + (x >> 1), isPair)
    }
    src += 2 * srcStride
    y += 2 * stride
    a += 2 * stride
    u += strideC
    v += strideC
    ac += strideC
  }
  if (i32x4.all_true(i32x4.eq(i32x4.shr_u(all, 24), i32x4.splat(255)))) return OPAQUE
  return v128.any_true(i32x4.shr_u(any, 24)) ? 0 : EMPTY
}

/** The sums of neighbours: the dot products of the four pixels of two vectors. */
function neighbours(a: v128, b: v128): v128 {
  const even = i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
  const odd = i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
  return i32x4.add(even, odd)
}

function storeLuma(pixels: v128, y: usize, a: usize, isPair: bool): void {
  const dots = neighbours(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pixels), ofY),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pixels), ofY),
  )
  const luma = i32x4.shr_s(i32x4.add(dots, i32x4.splat((16 << 15) + 16384)), 15)
  const alpha = i32x4.shr_u(pixels, 24)
  const t = i32x4.add(i32x4.mul(luma, alpha), i32x4.splat(128))
  const premultiplied = i32x4.shr_u(i32x4.add(t, i32x4.shr_u(t, 8)), 8)
  const bytes = bytesOf(premultiplied)
  const alphas = bytesOf(alpha)
  if (isPair) {
    v128.store16_lane(y, bytes, 0)
    v128.store16_lane(a, alphas, 0)
  } else {
    v128.store32_lane(y, bytes, 0)
    v128.store32_lane(a, alphas, 0)
  }
}

function bytesOf(four: v128): v128 {
  const words = i16x8.narrow_i32x4_s(four, four)
  return i8x16.narrow_i16x8_u(words, words)
}

/** Two pixels of 16 bits by their alpha, which stays as it is. */
function premultiply(pixels: v128): v128 {
  const alpha = i8x16.shuffle(pixels, i16x8.splat(255), 6, 7, 6, 7, 6, 7, 16, 17, 14, 15, 14, 15, 14, 15, 16, 17)
  const t = i16x8.add(i16x8.mul(pixels, alpha), i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

/** Of a square of two by two pixels at the left, and one at the right. */
function storeChroma(top: v128, low: v128, u: usize, v: usize, ac: usize, isPair: bool): void {
  const left = i16x8.add(premultiply(i16x8.extend_low_i8x16_u(top)), premultiply(i16x8.extend_low_i8x16_u(low)))
  const right = i16x8.add(premultiply(i16x8.extend_high_i8x16_u(top)), premultiply(i16x8.extend_high_i8x16_u(low)))
  const sums = i16x8.add(
    i8x16.shuffle(left, right, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(left, right, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  )
  const us = chromaOf(sums, ofU)
  const vs = chromaOf(sums, ofV)
  const alphas = bytesOf(i32x4.shr_u(i32x4.add(neighbourAlphas(sums), i32x4.splat(2)), 2))
  if (isPair) {
    v128.store8_lane(u, us, 0)
    v128.store8_lane(v, vs, 0)
    v128.store8_lane(ac, alphas, 0)
  } else {
    v128.store16_lane(u, us, 0)
    v128.store16_lane(v, vs, 0)
    v128.store16_lane(ac, alphas, 0)
  }
}

function chromaOf(sums: v128, weights: v128): v128 {
  const dots = i32x4.dot_i16x8_s(sums, weights)
  return bytesOf(i32x4.shr_s(i32x4.add(neighbours(dots, dots), i32x4.splat(1 << 16)), 17))
}

/** The alphas of the two sums. */
function neighbourAlphas(sums: v128): v128 {
  return i32x4.shr_u(i8x16.shuffle(sums, sums, 4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15), 16)
}
