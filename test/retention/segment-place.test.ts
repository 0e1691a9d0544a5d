import { expect, test } from 'vitest'
import { isBefore, withNeighbours } from '../../src/retention/segment-place.ts'

test('takes follow each other, and segments in a take', () => {
  const [a, b, c] = [
    { take: 1, number: 9 },
    { take: 1, number: 10 },
    { take: 2, number: 0 },
  ]
  expect([isBefore(a, b), isBefore(b, c), isBefore(c, a), isBefore(a, a)]).toEqual([true, true, false, false])
})

test('what a clip names is kept with what lies around it', () => {
  const names = ['takes/1/4.ts', 'takes/1/5.ts', 'takes/2/0.ts', 'outputs/x.mp4']
  expect([...withNeighbours(names)].sort()).toEqual(
    ['1/3', '1/4', '1/5', '1/6', '2/0', '2/1'].map((place) => `takes/${place}.ts`),
  )
})
