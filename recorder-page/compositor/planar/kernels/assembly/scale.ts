/** Bytes of a group of the table: two halves of [base i32 × 1, lanes 16 bytes, weights 16 bytes], aligned to 16. */
const HALF: usize = 48

/**
 * Scales a plane bilinearly; both ratios are below 2. `y0` and `dy` are 16.16 in rows of the source. `table` has a group for each 8 columns
 * of the result, see `plan-scale.ts`; without one (0) columns are copied. `length` columns are read from `src` on. `line` has room for
 * them in 16 bits each, and `out` for the result's row in whole groups.
 */
export function scalePlane(
  src: usize,
  srcStride: i32,
  rows: i32,
  length: i32,
  y0: i32,
  dy: i32,
  table: usize,
  dst: usize,
  dstStride: i32,
  width: i32,
  height: i32,
  line: usize,
  out: usize,
): void {
  let y = y0
  for (let row = 0; row < height; row++) {
    const clamped = max(0, min(y, (rows - 1) << 16))
    const top = clamped >> 16
    const weight = ((clamped & 0xffff) + 256) >> 9
    const a = src + <usize>(top * srcStride)
    const b = top + 1 < rows ? a + srcStride : a
    if (table === 0 && weight === 0) memory.copy(dst, a, width)
    else {
      if (table === 0) lerpRows(a, b, out, width, weight)
      else {
        widenRows(a, b, line, length, weight)
        resampleRow(line, table, (width + 7) >> 3, out)
      }
      memory.copy(dst, out, width)
    }
    dst += dstStride
    y += dy
  }
}

/** (a * (128 - w) + b * w) / 128, rounded. Writes whole 16s. */
function lerpRows(a: usize, b: usize, out: usize, n: i32, w: i32): void {
  const wa = i8x16.splat(<i8>(128 - w))
  const wb = i8x16.splat(<i8>w)
  const half = i16x8.splat(64)
  for (let i = 0; i < n; i += 16) {
    const va = v128.load(a + i)
    const vb = v128.load(b + i)
    const low = i16x8.add(i16x8.extmul_low_i8x16_u(va, wa), i16x8.extmul_low_i8x16_u(vb, wb))
    const high = i16x8.add(i16x8.extmul_high_i8x16_u(va, wa), i16x8.extmul_high_i8x16_u(vb, wb))
    v128.store(
      out + i,
      i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(low, half), 7), i16x8.shr_u(i16x8.add(high, half), 7)),
    )
  }
}

/** a * (128 - w) + b * w in 16 bits: nothing is rounded between the passes. Writes whole 16s. */
function widenRows(a: usize, b: usize, out: usize, n: i32, w: i32): void {
  const wa = i8x16.splat(<i8>(128 - w))
  const wb = i8x16.splat(<i8>w)
  for (let i = 0; i < n; i += 16) {
    const va = v128.load(a + i)
    const vb = v128.load(b + i)
    const at = out + 2 * <usize>i
    v128.store(at, i16x8.add(i16x8.extmul_low_i8x16_u(va, wa), i16x8.extmul_low_i8x16_u(vb, wb)))
    v128.store(at, i16x8.add(i16x8.extmul_high_i8x16_u(va, wa), i16x8.extmul_high_i8x16_u(vb, wb)), 16)
  }
}

/** Four samples of 7 fractional bits: pairs of columns by their weights of 7 bits. */
function resampleFour(line: usize, half: usize): v128 {
  const taps = i8x16.swizzle(v128.load(line + <usize>load<i32>(half)), v128.load(half, 16))
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(taps, v128.load(half, 32)), i32x4.splat(8192)), 14)
}

function resampleRow(line: usize, table: usize, groups: i32, out: usize): void {
  for (let g = 0; g < groups; g++) {
    const t = table + <usize>g * (2 * HALF)
    const eight = i16x8.narrow_i32x4_s(resampleFour(line, t), resampleFour(line, t + HALF))
    v128.store64_lane(out + <usize>g * 8, i8x16.narrow_i16x8_u(eight, eight), 0)
  }
}

/** Halves a plane both ways by the mean of four. `width` and `height` are the result's, whose rows are written in whole 16s. */
export function halvePlane(src: usize, srcStride: i32, dst: usize, dstStride: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    const b = src + <usize>srcStride
    for (let x = 0; x < width; x += 16) {
      const at = <usize>(2 * x)
      const low = meansOfFour(v128.load(src + at), v128.load(b + at))
      const high = meansOfFour(v128.load(src + at, 16), v128.load(b + at, 16))
      v128.store(dst + x, i8x16.narrow_i16x8_u(low, high))
    }
    dst += dstStride
    src += 2 * srcStride
  }
}

function meansOfFour(a: v128, b: v128): v128 {
  const sum = i16x8.add(i16x8.extadd_pairwise_i8x16_u(a), i16x8.extadd_pairwise_i8x16_u(b))
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2)
}
