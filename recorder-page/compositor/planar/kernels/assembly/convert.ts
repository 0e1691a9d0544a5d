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

let yr: i32 = 0
let yg: i32 = 0
let yb: i32 = 0
let ur: i32 = 0
let ug: i32 = 0
let ub: i32 = 0
let vr: i32 = 0
let vg: i32 = 0
let vb: i32 = 0

/** Sets the matrix from RGB to limited range, in 1/65536. */
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
  yr = yFromR
  yg = yFromG
  yb = yFromB
  ur = uFromR
  ug = uFromG
  ub = uFromB
  vr = vFromR
  vg = vFromG
  vb = vFromB
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
  let least: u32 = 255
  let most: u32 = 0
  for (let row = 0; row < height; row += 2) {
    for (let x = 0; x < width; x += 2) {
      let sa: u32 = 0
      let sr: u32 = 0
      let sg: u32 = 0
      let sb: u32 = 0
      for (let k = 0; k < 4; k++) {
        const dx = x + (k & 1)
        const dy = row + (k >> 1)
        const p = src + <usize>(dy * srcStride + (dx << 2))
        const r = <u32>load<u8>(p)
        const g = <u32>load<u8>(p, 1)
        const b = <u32>load<u8>(p, 2)
        const alpha = <u32>load<u8>(p, 3)
        least = min(least, alpha)
        most = max(most, alpha)
        const full = (<i32>r * yr + <i32>g * yg + <i32>b * yb + (16 << 16) + 32768) >> 16
        const at = <usize>(dy * stride + dx)
        store<u8>(y + at, (<u32>full * alpha + 127) / 255)
        store<u8>(a + at, alpha)
        sa += alpha
        sr += r * alpha
        sg += g * alpha
        sb += b * alpha
      }
      storeChroma(u, v, ac, <usize>((row >> 1) * strideC + (x >> 1)), sr, sg, sb, sa)
    }
  }
  return least === 255 ? OPAQUE : most === 0 ? EMPTY : 0
}

/** Of the sums of four premultiplied pixels, 255 times too large. 32897 / 65536 is 128 / 255: the zero of chroma times alpha. */
function storeChroma(u: usize, v: usize, ac: usize, at: usize, sr: u32, sg: u32, sb: u32, sa: u32): void {
  const r = <i32>((sr + 510) / 1020)
  const g = <i32>((sg + 510) / 1020)
  const b = <i32>((sb + 510) / 1020)
  const alpha = <i32>((sa + 2) >> 2)
  const zero = alpha * 32897 + 32768
  store<u8>(u + at, min(255, max(0, (r * ur + g * ug + b * ub + zero) >> 16)))
  store<u8>(v + at, min(255, max(0, (r * vr + g * vg + b * vb + zero) >> 16)))
  store<u8>(ac + at, alpha)
}
