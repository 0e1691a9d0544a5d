import { expect, test } from 'vitest'
import { doublesOf, FPS, holesOf, lengthSec } from './holes.ts'

const pictures = (fromSec: number, seconds: number) =>
  Array.from({ length: seconds * FPS }, (_, at) => ({ wallMs: (fromSec + at / FPS) * 1000, counters: [] }))

test('counts what a recording has twice, which is no hole', () => {
  const recorded = [...pictures(0, 20), ...pictures(12, 10)]
  expect(lengthSec(doublesOf(recorded))).toBeCloseTo(8)
  expect(holesOf(recorded)).toEqual([])
})

test('counts nothing where takes follow each other on clocks of their own', () => {
  expect(doublesOf([...pictures(0, 5), ...pictures(5.013, 5)])).toEqual([])
})
