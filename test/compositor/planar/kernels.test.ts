import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { RGB_TO_PICTURE, recolourOf } from '../../../recorder-page/compositor/planar/colour.ts'
import { Kernels } from '../../../recorder-page/compositor/planar/kernels/kernels.ts'
import { planColumns, planRows } from '../../../recorder-page/compositor/planar/plan-scale.ts'
import * as reference from './reference.ts'

const WASM = new URL('../../../recorder-page/compositor/planar/kernels/kernels.wasm', import.meta.url)
/** What lies around the rectangle of a result, to see that nothing else is written. */
const MARGIN = 40

let wasm: Buffer<ArrayBuffer>
beforeAll(async () => {
  wasm = Buffer.from(await readFile(WASM))
})

/** Memory of the kernels whose blocks have random bytes. */
async function noise(seed: number): Promise<{ kernels: Kernels; block(length: number): number }> {
  const kernels = await Kernels.instantiate(wasm)
  let state = seed | 1
  const next = () => {
    state = Math.imul(state, 48271) % 2147483647
    return state & 255
  }
  const block = (length: number) => {
    const at = kernels.take(length)
    for (let i = 0; i < length; i++) kernels.bytes[at + i] = next()
    return at
  }
  return { kernels, block }
}

const size = fc.record({
  width: fc.integer({ min: 1, max: 75 }),
  height: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
})
const opacity = fc.oneof(fc.constant(256), fc.integer({ min: 0, max: 256 }))

/** Runs the kernel and the plain one on the same memory; all of it must be equal afterwards. */
function expectSame(kernels: Kernels, run: () => void, plain: (bytes: Uint8Array) => void): void {
  const expected = kernels.bytes.slice()
  plain(expected)
  run()
  expect(Buffer.compare(kernels.bytes, expected)).toBe(0)
}

describe('the kernels do byte for byte what plain code does, and write nowhere else', () => {
  test('blendPlane', async () => {
    const given = fc.asyncProperty(size, opacity, async ({ width, height, seed }, o) => {
      const { kernels, block } = await noise(seed)
      const stride = width + 32
      const [dst, src, alpha] = [block(stride * (height + 1)) + 7, block(stride * height), block(stride * height)]
      // Whole vectors are clear, or opaque, as in a real layer.
      for (let row = 0; row < height; row++)
        kernels.bytes.fill(row % 3 === 0 ? 0 : 255, alpha + row * stride, alpha + row * stride + Math.min(20, width))
      const call = [dst, stride, src, alpha, stride, width, height, o] as const
      expectSame(
        kernels,
        () => kernels.code.blendPlane(...call),
        (bytes) => reference.blendPlane(bytes, call),
      )
    })
    await fc.assert(given)
  })

  test('maskPlane', async () => {
    const given = fc.asyncProperty(size, opacity, async ({ width, height, seed }, o) => {
      const { kernels, block } = await noise(seed)
      const stride = width + 32
      const [dst, src, mask] = [block(stride * (height + 1)) + 3, block(stride * height), block(stride * height)]
      const call = [dst, stride, src, stride, mask, stride, width, height, o] as const
      expectSame(
        kernels,
        () => kernels.code.maskPlane(...call),
        (bytes) => reference.maskPlane(bytes, call),
      )
    })
    await fc.assert(given)
  })

  test('scalePlane', async () => {
    const part = fc.record({
      source: fc.integer({ min: 2, max: 90 }),
      rows: fc.integer({ min: 1, max: 20 }),
      shift: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const given = fc.asyncProperty(size, part, async ({ width, height, seed }, { source, rows, shift }) => {
      const used = Math.min(source, 1.97 * width)
      const x = shift * (source - used)
      const columns = planColumns({ x, width: used, sourceWidth: source, count: width })
      const { y0, dy } = planRows(0, Math.min(rows, 1.97 * height), height)
      const { kernels, block } = await noise(seed)
      const [stride, dstStride] = [source + 32, width + MARGIN]
      const src = block(stride * (rows + 1)) + (columns === null ? Math.round(x) : 0)
      const dst = block(dstStride * (height + 1))
      const table = columns === null ? 0 : kernels.take(columns.table.length)
      if (columns !== null) kernels.bytes.set(columns.table, table)
      const [line, out] = [kernels.take(2 * (source + 32)), kernels.take(width + 32)]
      const reach = columns?.reach ?? width
      const taps = columns === null ? null : tapsOf(columns.table, width)
      const expected = kernels.bytes.slice()
      reference.scalePlane(expected, { src, srcStride: stride, rows, y0, dy, taps, dst, dstStride, width, height })
      kernels.code.scalePlane(src, stride, rows, reach, y0, dy, table, dst, dstStride, width, height, line, out)
      const end = dst + dstStride * (height + 1)
      expect(Buffer.compare(kernels.bytes.subarray(dst, end), expected.subarray(dst, end))).toBe(0)
    })
    await fc.assert(given)
  })

  test('halvePlane, whose rows are written in whole vectors', async () => {
    const given = fc.asyncProperty(size, async ({ width, height, seed }) => {
      const { kernels, block } = await noise(seed)
      const [stride, dstStride] = [2 * width + 64, width + 32]
      const [src, dst] = [block(stride * (2 * height + 1)), block(dstStride * (height + 1))]
      const call = [src, stride, dst, dstStride, width, height] as const
      const expected = kernels.bytes.slice()
      reference.halvePlane(expected, call)
      kernels.code.halvePlane(...call)
      for (let row = 0; row < height; row++) {
        const [from, to] = [dst + row * dstStride, dst + row * dstStride + width]
        expect(Buffer.compare(kernels.bytes.subarray(from, to), expected.subarray(from, to))).toBe(0)
      }
    })
    await fc.assert(given)
  })

  test('recolour, for every matrix and range', async () => {
    const matrix = fc.constantFrom<VideoColorSpaceInit[]>(
      { matrix: 'smpte170m', fullRange: false },
      { matrix: 'smpte170m', fullRange: true },
      { matrix: 'bt709', fullRange: true },
    )
    const given = fc.asyncProperty(size, matrix, async ({ width, height, seed }, colours) => {
      const recolour = recolourOf(colours)
      if (typeof recolour === 'string') throw new Error('this needs a matrix')
      const { kernels, block } = await noise(seed)
      const [stride, strideC] = [Math.ceil(width / 16) * 16, Math.ceil(width / 32) * 16]
      const chromaRows = (height + 1) >> 1
      const [y, u, v] = [block(stride * height), block(strideC * chromaRows), block(strideC * chromaRows)]
      const call = [y, u, v, stride, strideC, width, height] as const
      const expected = kernels.bytes.slice()
      reference.recolour(expected, call, recolour)
      kernels.code.setRecolour(...recolour)
      kernels.code.recolour(...call)
      const same = (at: number, length: number) =>
        expect(Buffer.compare(kernels.bytes.subarray(at, at + length), expected.subarray(at, at + length))).toBe(0)
      for (let row = 0; row < height; row++) same(y + row * stride, width)
      for (let row = 0; row < chromaRows; row++) for (const at of [u, v]) same(at + row * strideC, (width + 1) >> 1)
    })
    await fc.assert(given)
  })

  test('planesFromRgba', async () => {
    const given = fc.asyncProperty(size, async ({ width, height, seed }) => {
      const { kernels, block } = await noise(seed)
      const [wide, high] = [2 * width, 2 * height]
      const [stride, strideC] = [wide + 16, width + 16]
      const [rgba, y, a] = [block(4 * wide * high), block(stride * high), block(stride * high)]
      const [u, v, ac] = [block(strideC * height), block(strideC * height), block(strideC * height)]
      const call = [rgba, 4 * wide, wide, high, y, a, stride, u, v, ac, strideC] as const
      kernels.code.setMatrix(...RGB_TO_PICTURE)
      expectSame(
        kernels,
        () => kernels.code.planesFromRgba(...call),
        (bytes) => reference.planesFromRgba(bytes, call, RGB_TO_PICTURE),
      )
    })
    await fc.assert(given)
  })

  test('splitChroma, turnPlane and samePlane', async () => {
    const given = fc.asyncProperty(size, async ({ width, height, seed }) => {
      const { kernels, block } = await noise(seed)
      const stride = Math.ceil(width / 16) * 16
      const [both, u, v] = [block(2 * stride * height), block(stride * height), block(stride * height)]
      kernels.code.splitChroma(both, 2 * stride, u, v, stride, width, height)
      const { bytes, code } = kernels
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          expect(bytes[u + y * stride + x]).toBe(bytes[both + 2 * (y * stride + x)])
          expect(bytes[v + y * stride + x]).toBe(bytes[both + 2 * (y * stride + x) + 1])
        }
      }
      code.turnPlane(u + (height - 1) * stride, -stride, 1, v, stride, Math.min(width, height), width)
      expect(bytes[v]).toBe(bytes[u + (height - 1) * stride])
      code.copyPlane(v, stride, u, stride, width, height)
      expect(code.samePlane(u, v, stride, width, height)).toBe(1)
      const last = v + (height - 1) * stride + width - 1
      bytes[last] = (bytes[last] ?? 0) ^ 1
      expect(code.samePlane(u, v, stride, width, height)).toBe(0)
    })
    await fc.assert(given)
  })
})

describe('planesFromRgba', () => {
  test('premultiplies as exact arithmetic does, to a level', async () => {
    const given = fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), { minLength: 4, maxLength: 4 }),
      async (pixels) => {
        const { kernels, block } = await noise(1)
        const rgba = kernels.take(16)
        kernels.bytes.set(pixels.flat(), rgba)
        const [y, a, u, v, ac] = [block(64), block(64), block(64), block(64), block(64)]
        kernels.code.setMatrix(...RGB_TO_PICTURE)
        kernels.code.planesFromRgba(rgba, 8, 2, 2, y, a, 16, u, v, ac, 16)
        const near = (at: number, value: number) =>
          expect(Math.abs((kernels.bytes[at] ?? 0) - value)).toBeLessThanOrEqual(1)
        pixels.forEach(([r, g, b, alpha], index) => {
          const at = (index >> 1) * 16 + (index & 1)
          near(y + at, ((16 + (219 * (0.2126 * r + 0.7152 * g + 0.0722 * b)) / 255) * alpha) / 255)
          expect(kernels.bytes[a + at]).toBe(alpha)
        })
        const mean = (channel: 0 | 1 | 2) =>
          pixels.reduce((sum, pixel) => sum + (pixel[channel] * pixel[3]) / 255 / 4, 0)
        const alpha = pixels.reduce((sum, pixel) => sum + pixel[3] / 4, 0)
        const [r, g, b] = [mean(0), mean(1), mean(2)]
        const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        near(u, (128 * alpha + (224 * (b - luma)) / 1.8556) / 255)
        near(v, (128 * alpha + (224 * (r - luma)) / 1.5748) / 255)
        near(ac, alpha)
      },
    )
    await fc.assert(given)
  })

  test('says where a layer is opaque, and where it is empty', async () => {
    const { kernels, block } = await noise(1)
    const [rgba, y, a, u, v, ac] = [kernels.take(16), block(64), block(64), block(64), block(64), block(64)]
    const kind = (alphas: readonly number[]) => {
      kernels.bytes.set(
        alphas.flatMap((alpha) => [9, 9, 9, alpha]),
        rgba,
      )
      return kernels.code.planesFromRgba(rgba, 8, 2, 2, y, a, 16, u, v, ac, 16)
    }
    expect([kind([255, 255, 255, 255]), kind([0, 0, 0, 0]), kind([0, 255, 255, 255])]).toEqual([1, 2, 0])
  })
})

test('memory that was given back is used again, and is clear', async () => {
  const { kernels, block } = await noise(5)
  const at = block(1000)
  const before = kernels.bytes.byteLength
  kernels.give(at)
  const again = kernels.take(1000)
  expect(again).toBe(at)
  expect(kernels.bytes.subarray(again, again + 1000).every((byte) => byte === 0)).toBe(true)
  expect(kernels.bytes.byteLength).toBe(before)
})

/** The table of the kernel, read back. */
function tapsOf(table: Uint8Array, width: number) {
  const view = new DataView(table.buffer)
  return Array.from({ length: width }, (_, column) => {
    const half = Math.floor(column / 4) * 48
    const at = half + 16 + 4 * (column % 4)
    const base = view.getInt32(half, true) / 2
    return {
      left: base + (table[at] ?? 0) / 2,
      right: base + (table[at + 2] ?? 0) / 2,
      weight: view.getInt16(at + 18, true),
    }
  })
}
