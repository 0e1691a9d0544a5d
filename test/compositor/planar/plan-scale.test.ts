import { expect, test } from 'vitest'
import { chromaPart, planColumns, planHalvings, planRows } from '../../../recorder-page/compositor/planar/plan-scale.ts'

/** Columns of the result as places in the source, read from the table. */
function places(columns: Parameters<typeof planColumns>[0]): number[] {
  const { table } = planColumns(columns) ?? { table: new Uint8Array() }
  const view = new DataView(table.buffer)
  return Array.from({ length: columns.count }, (_, column) => {
    const half = Math.floor(column / 4) * 48
    const at = half + 16 + 4 * (column % 4)
    return view.getInt32(half, true) / 2 + (table[at] ?? 0) / 2 + view.getInt16(at + 18, true) / 128
  })
}

test('a picture is halved until less than 2:1 is left', () => {
  const part = { x: 0, y: 0, width: 1920, height: 1080 }
  expect(planHalvings(part, { width: 1920, height: 1080 })).toEqual({ count: 0, part })
  expect(planHalvings(part, { width: 640, height: 360 })).toEqual({
    count: 1,
    part: { x: 0, y: 0, width: 960, height: 540 },
  })
  expect(planHalvings({ ...part, x: 8, width: 3840 }, { width: 400, height: 300 })).toMatchObject({
    count: 3,
    part: { x: 1 },
  })
  expect(planHalvings(part, { width: 2, height: 2 }).count).toBe(9)
})

test('columns lie at the middle of what they stand for, and end at the edges', () => {
  expect(places({ x: 0, width: 6, sourceWidth: 6, count: 4 })).toEqual([0.25, 1.75, 3.25, 4.75])
  expect(places({ x: 0, width: 4, sourceWidth: 4, count: 8 })).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])
  expect(places({ x: 2.5, width: 3, sourceWidth: 10, count: 3 })).toEqual([2.5, 3.5, 4.5])
})

test('columns of the source itself need no table', () => {
  expect(planColumns({ x: 2, width: 8, sourceWidth: 20, count: 8 })).toBeNull()
  expect(planColumns({ x: 2.25, width: 8, sourceWidth: 20, count: 8 })).not.toBeNull()
})

test('four columns of the steepest table lie within one vector', () => {
  for (let count = 1; count < 700; count += 13) {
    const width = count * 1.98
    const { table } = planColumns({ x: 0.4, width, sourceWidth: Math.ceil(width) + 1, count }) ?? {
      table: new Uint8Array(),
    }
    for (let half = 0; half < table.length; half += 48)
      expect(Math.max(...table.subarray(half + 16, half + 32))).toBeLessThan(16)
  }
})

test('rows step from the middle of the first one', () => {
  expect(planRows(0, 720, 360)).toEqual({ y0: 32768, dy: 131072 })
  expect(planRows(10, 360, 360)).toEqual({ y0: 655360, dy: 65536 })
})

test('chroma keeps its place at the left of its columns', () => {
  const part = { x: 0, y: 0, width: 640, height: 360 }
  expect(chromaPart(part, { width: 640, height: 360 })).toEqual({ x: 0, y: 0, width: 320, height: 180 })
  // The first column of a result of half the size lies at 0.5 of the source's luma, which is 0.25 of its chroma.
  const { x, width } = chromaPart(part, { width: 320, height: 180 })
  expect(x + 0.5 * (width / 160) - 0.5).toBe(0.25)
})
