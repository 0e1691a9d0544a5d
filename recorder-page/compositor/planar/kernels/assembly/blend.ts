import { firstBytes } from './tails.ts'

/** x / 255, rounded, for 16 bits. */
function by255(x: v128): v128 {
  const t = i16x8.add(x, i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

/** Bytes by an opacity of 256ths, rounded. */
function fade(bytes: v128, opacity: v128): v128 {
  const half = i16x8.splat(128)
  const low = i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(bytes), opacity), half)
  const high = i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(bytes), opacity), half)
  return i8x16.narrow_i16x8_u(i16x8.shr_u(low, 8), i16x8.shr_u(high, 8))
}

/** Lays a premultiplied plane over another: dst = src * o + dst * (1 - alpha * o), o = opacity / 256. */
export function blendPlane(
  dst: usize,
  dstStride: i32,
  src: usize,
  alpha: usize,
  stride: i32,
  width: i32,
  height: i32,
  opacity: i32,
): void {
  const o = i16x8.splat(<i16>opacity)
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x += 16) {
      const inside = firstBytes(width - x)
      let a = v128.and(v128.load(alpha + x), inside)
      if (!v128.any_true(a)) continue
      let s = v128.and(v128.load(src + x), inside)
      if (opacity !== 256) {
        a = fade(a, o)
        s = fade(s, o)
      }
      const d = v128.load(dst + x)
      const rest = v128.not(a)
      const low = by255(i16x8.extmul_low_i8x16_u(d, rest))
      const high = by255(i16x8.extmul_high_i8x16_u(d, rest))
      v128.store(dst + x, i8x16.add_sat_u(s, i8x16.narrow_i16x8_u(low, high)))
    }
    dst += dstStride
    src += stride
    alpha += stride
  }
}

/** Lays a plane over another through a mask: dst = src * m + dst * (1 - m), m = mask * opacity / 256. */
export function maskPlane(
  dst: usize,
  dstStride: i32,
  src: usize,
  srcStride: i32,
  mask: usize,
  maskStride: i32,
  width: i32,
  height: i32,
  opacity: i32,
): void {
  const o = i16x8.splat(<i16>opacity)
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x += 16) {
      let m = v128.and(v128.load(mask + x), firstBytes(width - x))
      if (opacity !== 256) m = fade(m, o)
      const rest = v128.not(m)
      const d = v128.load(dst + x)
      const s = v128.load(src + x)
      const low = i16x8.add(i16x8.extmul_low_i8x16_u(d, rest), i16x8.extmul_low_i8x16_u(s, m))
      const high = i16x8.add(i16x8.extmul_high_i8x16_u(d, rest), i16x8.extmul_high_i8x16_u(s, m))
      v128.store(dst + x, i8x16.narrow_i16x8_u(by255(low), by255(high)))
    }
    dst += dstStride
    src += srcStride
    mask += maskStride
  }
}

export function fillPlane(dst: usize, stride: i32, width: i32, height: i32, value: i32): void {
  for (let row = 0; row < height; row++) {
    memory.fill(dst, <u8>value, width)
    dst += stride
  }
}

export function copyPlane(dst: usize, dstStride: i32, src: usize, srcStride: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    memory.copy(dst, src, width)
    dst += dstStride
    src += srcStride
  }
}
