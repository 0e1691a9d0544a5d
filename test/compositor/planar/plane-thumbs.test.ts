import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { FrameIntake } from '../../../recorder-page/compositor/planar/frame-intake.ts'
import { Kernels } from '../../../recorder-page/compositor/planar/kernels/kernels.ts'
import { PlaneThumbs } from '../../../recorder-page/compositor/planar/plane-thumbs.ts'
import { takePlanes } from '../../../recorder-page/compositor/planar/planes.ts'

const WASM = new URL('../../../recorder-page/compositor/planar/kernels/kernels.wasm', import.meta.url)
const fail = (error: unknown) => {
  throw error
}

async function open(size: { readonly width: number; readonly height: number }) {
  const kernels = await Kernels.instantiate(Buffer.from(await readFile(WASM)))
  const picture = takePlanes(kernels, size)
  const thumbs = new PlaneThumbs({ kernels, picture, intake: new FrameIntake(kernels, fail), onError: fail })
  return { kernels, picture, thumbs }
}

test('points of the picture lie in the middle of its parts, as luma of 0 to 255', async () => {
  const { kernels, picture, thumbs } = await open({ width: 160, height: 90 })
  for (let y = 0; y < 90; y++)
    for (let x = 0; x < 160; x++)
      kernels.bytes[picture.y + y * picture.stride + x] = 16 + Math.floor(x / 10) * 9 + Math.floor(y / 10)
  const thumb = thumbs.ofPicture()
  expect(thumb.length).toBe(16 * 9)
  thumb.forEach((luma, i) => {
    expect(luma).toBeCloseTo((((i % 16) * 9 + Math.floor(i / 16)) * 255) / 219, 3)
  })
})

test('a part of the picture has points of its own, within it', async () => {
  const { kernels, picture, thumbs } = await open({ width: 160, height: 90 })
  kernels.code.fillPlane(picture.y, picture.stride, 160, 90, 16)
  kernels.code.fillPlane(picture.y + 20 * picture.stride + 40, picture.stride, 32, 18, 235)
  expect(Math.min(...thumbs.ofPicture({ x: 40, y: 20, width: 32, height: 18 }))).toBe(255)
  expect(Math.max(...thumbs.ofPicture({ x: 80, y: 20, width: 200, height: 200 }))).toBe(0)
  expect(thumbs.ofPicture({ x: 40, y: 20, width: 2, height: 2 }).every((luma) => luma === 255)).toBe(true)
})

test('a source that was never shown has none', async () => {
  const { thumbs } = await open({ width: 16, height: 16 })
  expect(thumbs.ofSource('amy', { format: 'RGBA' } as VideoFrame)).toBeUndefined()
})

test('a frame is read past the kernels, and its range is heeded', async () => {
  const { thumbs } = await open({ width: 16, height: 16 })
  const frame = (fullRange: boolean) =>
    ({
      format: 'I420',
      visibleRect: { x: 0, y: 0, width: 32, height: 18 },
      colorSpace: { fullRange },
      allocationSize: () => (32 * 18 * 3) / 2,
      copyTo: async (into: Uint8Array) => void into.fill(126),
    }) as unknown as VideoFrame
  expect(thumbs.ofSource('amy', frame(true))?.every((luma) => luma === 126)).toBe(true)
  expect(thumbs.ofSource('amy', frame(false))?.[0]).toBeCloseTo(128.08, 1)
})
