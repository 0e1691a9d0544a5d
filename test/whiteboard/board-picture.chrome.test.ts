import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BOARD_HEIGHT, BOARD_WIDTH, type BoardElement, type BoardOp, type Signal } from '../../src/protocol/index.ts'
import { LESSON, RED_PIXEL } from '../scene/board-lesson.ts'
import { NOW, request } from '../scene/classes.ts'
import { SceneStudio } from '../scene/scene-studio.ts'

const CHROME_TIMEOUT_MS = 60_000
/** A clip changes the smoothing of slanted edges a little; ink left behind would differ by far more. */
const EDGE_TOLERANCE = 80
const SIZE = { width: 640, height: 360 }
const layout = { name: 'custom' as const, tiles: [{ board: true as const, x: 0, y: 0, width: 1, height: 1 }] }

let studio: SceneStudio
beforeAll(async () => {
  studio = await SceneStudio.open()
}, CHROME_TIMEOUT_MS)
afterAll(() => studio?.[Symbol.asyncDispose]())

function signal(op: BoardOp, index = 0): Signal {
  return { v: 1, type: 'board.op', at: NOW + index, page: 'p1', op }
}

const put = (element: BoardElement) => signal({ action: 'put', element })
const toPixel = ([x, y]: readonly [number, number]) => ({
  x: Math.round((x / BOARD_WIDTH) * SIZE.width),
  y: Math.round((y / BOARD_HEIGHT) * SIZE.height),
})

async function pixelsOf(batches: readonly (readonly Signal[])[], points: readonly (readonly [number, number])[]) {
  const answer = await studio.render(request(layout, { size: SIZE, batches, probes: points.map(toPixel), png: false }))
  return answer.pixels.map(([r = 0, g = 0, b = 0]) => [r, g, b])
}

const head = { version: 1, nonce: 1 }
const red: BoardElement = {
  ...head,
  id: 'a',
  kind: 'stroke',
  points: [
    [200, 450],
    [800, 450],
    [1400, 450],
  ],
  color: '#e00000',
  strokeWidth: 40,
}
const blue: BoardElement = {
  ...head,
  id: 'b',
  kind: 'line',
  x1: 800,
  y1: 100,
  x2: 800,
  y2: 800,
  color: '#0000e0',
  strokeWidth: 40,
}

test('draws a stroke in its colour, and only where it is', async () => {
  const [on, off] = await pixelsOf(
    [[put(red)]],
    [
      [800, 450],
      [800, 300],
    ],
  )
  expect(on).toEqual([224, 0, 0])
  expect(Math.min(...(off ?? [0]))).toBeGreaterThan(220)
})

test('draws a later element over an earlier one, in the order of `z`', async () => {
  expect(await pixelsOf([[put(red)], [put(blue)]], [[800, 450]])).toEqual([[0, 0, 224]])
  expect(await pixelsOf([[put({ ...red, z: 1 })], [put(blue)]], [[800, 450]])).toEqual([[224, 0, 0]])
})

test('takes a deleted element away and shows what was under it', async () => {
  const gone = signal({ action: 'delete', id: 'b', version: 2, nonce: 1 })
  expect(await pixelsOf([[put(red)], [put(blue)], [gone]], [[800, 450]])).toEqual([[224, 0, 0]])
})

test('shows another page when somebody turns to it', async () => {
  const turn: Signal = { v: 1, type: 'board.page', at: NOW, page: 'p2' }
  const [pixel] = await pixelsOf([[put(red)], [turn]], [[800, 450]])
  expect(Math.min(...(pixel ?? [0]))).toBeGreaterThan(220)
})

test('shows an image when it has come, and a frame when it cannot', async () => {
  const image: BoardElement = {
    ...head,
    id: 'i',
    kind: 'image',
    x: 400,
    y: 200,
    width: 800,
    height: 500,
    url: RED_PIXEL,
  }
  expect(await pixelsOf([[put(image)]], [[500, 300]])).toEqual([[255, 0, 0]])
  const broken = await pixelsOf([[put({ ...image, url: 'data:image/png;base64,AAAA' })]], [[500, 300]])
  expect(broken).toEqual([[231, 233, 236]])
})

test('gives the same picture whether it grew element by element or was drawn at once', {
  timeout: CHROME_TIMEOUT_MS,
}, async () => {
  const changes = fc.sample(
    fc.record({
      element: fc.constantFrom(...LESSON),
      shift: fc.integer({ min: -300, max: 300 }),
      remove: fc.boolean(),
    }),
    { numRuns: 40, seed: 7 },
  )
  const later = changes.map(({ element, shift, remove }, index) => {
    const version = index + 2
    if (remove) return signal({ action: 'delete', id: element.id, version, nonce: 1 })
    return put({ ...move(element, shift), version })
  })
  const grown = [...LESSON.map(put), ...later].map((each) => [each])
  const slow = await everyFourthPixel(grown)
  const atOnce = await everyFourthPixel([grown.flat()])
  const differences = slow.map((value, index) => Math.abs(value - (atOnce[index] ?? 0)))
  expect(differences.length).toBeGreaterThan(40_000)
  expect(Math.max(...differences)).toBeLessThan(EDGE_TOLERANCE)
})

async function everyFourthPixel(batches: readonly (readonly Signal[])[]): Promise<number[]> {
  const probes = Array.from({ length: (SIZE.width / 4) * (SIZE.height / 4) }, (_, index) => ({
    x: (index % (SIZE.width / 4)) * 4,
    y: Math.floor(index / (SIZE.width / 4)) * 4,
  }))
  const { pixels } = await studio.render(request(layout, { size: SIZE, batches, probes, png: false }))
  return pixels.flat()
}

function move(element: BoardElement, by: number): BoardElement {
  switch (element.kind) {
    case 'stroke':
      return { ...element, points: element.points.map(([x = 0, ...rest]) => [x + by, ...rest]) }
    case 'line':
    case 'arrow':
      return { ...element, x1: element.x1 + by, y2: element.y2 + by }
    default:
      return { ...element, x: element.x + by }
  }
}
