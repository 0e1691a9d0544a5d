import { firstBytes } from './tails.ts'

/** 1 when both planes hold the same samples. */
export function samePlane(a: usize, b: usize, stride: i32, width: i32, height: i32): i32 {
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x += 16) {
      const difference = v128.xor(v128.load(a + x), v128.load(b + x))
      if (v128.any_true(v128.and(difference, firstBytes(width - x)))) return 0
    }
    a += stride
    b += stride
  }
  return 1
}

/** The mean of a rectangle of a plane, times 256. */
export function meanOf(src: usize, stride: i32, width: i32, height: i32): i32 {
  let total: u64 = 0
  for (let row = 0; row < height; row++) {
    let sums = i32x4.splat(0)
    for (let x = 0; x < width; x += 16) {
      const samples = v128.and(v128.load(src + x), firstBytes(width - x))
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(samples)))
    }
    total += i32x4.extract_lane(sums, 0)
    total += i32x4.extract_lane(sums, 1)
    total += i32x4.extract_lane(sums, 2)
    total += i32x4.extract_lane(sums, 3)
    src += stride
  }
  return <i32>((total << 8) / <u64>(width * height))
}
