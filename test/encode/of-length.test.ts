import { expect, test } from 'vitest'
import { ofLength } from '../../recorder-page/encode/of-length.ts'

const RATE = 48000
const BLOCK = 1024

/** A tone on the left and another on the right, in blocks of the given lengths made from blocks of 1024. */
function play(lengths: readonly number[], hertz: readonly [number, number]): [number[], number[]] {
  const heard: [number[], number[]] = [[], []]
  for (const [block, length] of lengths.entries()) {
    const samples = new Float32Array(2 * BLOCK)
    for (const channel of [0, 1] as const)
      for (let i = 0; i < BLOCK; i += 1)
        samples[channel * BLOCK + i] = Math.sin((2 * Math.PI * hertz[channel] * (block * BLOCK + i)) / RATE)
    const stretched = ofLength(samples, length)
    heard[0].push(...stretched.subarray(0, length))
    heard[1].push(...stretched.subarray(length))
  }
  return heard
}

test('a block of the length that it has is itself', () => {
  const samples = new Float32Array(2 * BLOCK).map(Math.random)
  expect(ofLength(samples, BLOCK)).toBe(samples)
})

test.each([BLOCK + 2, BLOCK - 2])(
  'a tone in blocks of %d goes on without a click, to the ends of its blocks',
  (length) => {
    const hertz = [440, 2000] as const
    for (const [channel, tone] of play(new Array<number>(8).fill(length), hertz).entries()) {
      const step = (2 * Math.PI * (hertz[channel] ?? 0)) / RATE
      for (const [i, value] of tone.entries()) {
        const [block, at] = [Math.floor(i / length), i % length]
        const was = block * BLOCK + (at * (BLOCK - 1)) / (length - 1)
        expect(value).toBeCloseTo(Math.sin(step * was), 3)
        expect(Math.abs(value - (tone[i - 1] ?? 0))).toBeLessThan(1.01 * step)
      }
    }
  },
)
