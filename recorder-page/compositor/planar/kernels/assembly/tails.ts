/** Sixteen bytes of ones and sixteen of zeros: from `16 - n` on it begins with n ones. */
const TAILS = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0,
])

/** All ones in the first `count` bytes, at most 16; `count` is not negative. */
export function firstBytes(count: i32): v128 {
  return v128.load(TAILS + 16 - <usize>min(count, 16))
}
