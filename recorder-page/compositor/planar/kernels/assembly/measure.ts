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
