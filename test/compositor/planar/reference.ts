/** What the kernels compute, in plain numbers: one sample after the other, no vectors. Planes are addressed as in the kernels' memory. */

export interface ScaleCall {
  readonly src: number
  readonly srcStride: number
  readonly rows: number
  readonly y0: number
  readonly dy: number
  /** The two columns of each column of the result, and the 128ths of the right one; null: columns are copied. */
  readonly taps: readonly { readonly left: number; readonly right: number; readonly weight: number }[] | null
  readonly dst: number
  readonly dstStride: number
  readonly width: number
  readonly height: number
}

export function scalePlane(bytes: Uint8Array, call: ScaleCall): void {
  const source = bytes.slice()
  for (let row = 0; row < call.height; row++) {
    const y = Math.max(0, Math.min(call.y0 + row * call.dy, (call.rows - 1) * 65536))
    const top = Math.floor(y / 65536)
    const weight = Math.floor(((y % 65536) + 256) / 512)
    const bottom = Math.min(top + 1, call.rows - 1)
    const at = (line: number, x: number) => source[call.src + line * call.srcStride + x] ?? 0
    const between = (x: number) => at(top, x) * (128 - weight) + at(bottom, x) * weight
    for (let x = 0; x < call.width; x++) {
      const tap = call.taps?.[x]
      bytes[call.dst + row * call.dstStride + x] =
        tap === undefined
          ? Math.floor((between(x) + 64) / 128)
          : Math.floor((between(tap.left) * (128 - tap.weight) + between(tap.right) * tap.weight + 8192) / 16384)
    }
  }
}

export function halvePlane(
  bytes: Uint8Array,
  [src = 0, srcStride = 0, dst = 0, dstStride = 0, width = 0, height = 0]: readonly number[],
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = src + 2 * y * srcStride + 2 * x
      const sum = [at, at + 1, at + srcStride, at + srcStride + 1].reduce((all, place) => all + (bytes[place] ?? 0), 0)
      bytes[dst + y * dstStride + x] = Math.floor((sum + 2) / 4)
    }
  }
}

const by255 = (x: number): number => {
  const t = x + 128
  return (t + (t >> 8)) >> 8
}
const fade = (value: number, opacity: number): number => (opacity === 256 ? value : (value * opacity + 128) >> 8)

export function blendPlane(
  bytes: Uint8Array,
  [dst = 0, dstStride = 0, src = 0, alpha = 0, stride = 0, width = 0, height = 0, opacity = 0]: readonly number[],
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = dst + y * dstStride + x
      const a = fade(bytes[alpha + y * stride + x] ?? 0, opacity)
      if ((bytes[alpha + y * stride + x] ?? 0) === 0 && isClearVector(bytes, alpha + y * stride, x, width)) continue
      const s = fade(bytes[src + y * stride + x] ?? 0, opacity)
      bytes[to] = Math.min(255, s + by255((bytes[to] ?? 0) * (255 - a)))
    }
  }
}

/** A vector whose alpha is 0 throughout is passed over, its colour too. */
function isClearVector(bytes: Uint8Array, row: number, x: number, width: number): boolean {
  const first = x - (x % 16)
  return bytes.subarray(row + first, row + Math.min(first + 16, width)).every((alpha) => alpha === 0)
}

export function maskPlane(
  bytes: Uint8Array,
  [
    dst = 0,
    dstStride = 0,
    src = 0,
    srcStride = 0,
    mask = 0,
    maskStride = 0,
    width = 0,
    height = 0,
    opacity = 0,
  ]: readonly number[],
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = dst + y * dstStride + x
      const m = fade(bytes[mask + y * maskStride + x] ?? 0, opacity)
      bytes[to] = by255((bytes[to] ?? 0) * (255 - m) + (bytes[src + y * srcStride + x] ?? 0) * m)
    }
  }
}

/** As `q15mulr_sat_s` of WASM. */
const q15 = (a: number, b: number): number => Math.min(32767, (a * b + 0x4000) >> 15)
const clamp16 = (value: number): number => Math.max(-32768, Math.min(32767, value))
const clamp8 = (value: number): number => Math.max(0, Math.min(255, value))

export function recolour(
  bytes: Uint8Array,
  [y = 0, u = 0, v = 0, stride = 0, strideC = 0, width = 0, height = 0]: readonly number[],
  [yy = 0, yu = 0, yv = 0, uu = 0, uv = 0, vu = 0, vv = 0, black = 0]: readonly number[],
): void {
  const chroma = (at: number): readonly [number, number] => [
    ((bytes[u + at] ?? 0) - 128) << 7,
    ((bytes[v + at] ?? 0) - 128) << 7,
  ]
  const sample = (sum: number, zero: number) => clamp8((clamp16(clamp16(sum) + 32) >> 6) + zero)
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const [cu, cv] = chroma((row >> 1) * strideC + (x >> 1))
      const luma = q15(((bytes[y + row * stride + x] ?? 0) - black) << 7, yy)
      bytes[y + row * stride + x] = sample(luma + clamp16(q15(cu, yu) + q15(cv, yv)), 16)
    }
  }
  for (let row = 0; row < (height + 1) >> 1; row++) {
    for (let x = 0; x < (width + 1) >> 1; x++) {
      const at = row * strideC + x
      const [cu, cv] = chroma(at)
      bytes[u + at] = sample(q15(cu, uu) + q15(cv, uv), 128)
      bytes[v + at] = sample(q15(cu, vu) + q15(cv, vv), 128)
    }
  }
}

/** Pixels of two rows, straight; the matrix in 1/32768. */
export function planesFromRgba(
  bytes: Uint8Array,
  [
    src = 0,
    srcStride = 0,
    width = 0,
    height = 0,
    y = 0,
    a = 0,
    stride = 0,
    u = 0,
    v = 0,
    ac = 0,
    strideC = 0,
  ]: readonly number[],
  matrix: readonly number[],
): void {
  const dot = (row: number, channels: readonly number[]) =>
    channels.reduce((sum, channel, index) => sum + channel * (matrix[3 * row + index] ?? 0), 0)
  for (let row = 0; row < height; row += 2) {
    for (let x = 0; x < width; x += 2) {
      const sums = [0, 0, 0, 0]
      for (let k = 0; k < 4; k++) {
        const [column, line] = [x + (k & 1), row + (k >> 1)]
        const at = src + line * srcStride + 4 * column
        const [r = 0, g = 0, b = 0, alpha = 0] = bytes.subarray(at, at + 4)
        const luma = (dot(0, [r, g, b]) + (16 << 15) + 16384) >> 15
        bytes[y + line * stride + column] = by255(luma * alpha)
        bytes[a + line * stride + column] = alpha
        const premultiplied = [...[r, g, b].map((channel) => by255(channel * alpha)), alpha]
        premultiplied.forEach((value, index) => {
          sums[index] = (sums[index] ?? 0) + value
        })
      }
      const at = (row >> 1) * strideC + (x >> 1)
      const [r = 0, g = 0, b = 0, alpha = 0] = sums
      bytes[u + at] = clamp8((dot(1, [r, g, b]) + 16448 * alpha + (1 << 16)) >> 17)
      bytes[v + at] = clamp8((dot(2, [r, g, b]) + 16448 * alpha + (1 << 16)) >> 17)
      bytes[ac + at] = (alpha + 2) >> 2
    }
  }
}
