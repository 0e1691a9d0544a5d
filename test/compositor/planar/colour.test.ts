import { describe, expect, test } from 'vitest'
import { fullRangeOf, recolourOf, yuvOf } from '../../../recorder-page/compositor/planar/colour.ts'

/** Samples of a colour by the standards' own formulas, in a matrix and range. */
function samplesOf(
  [r, g, b]: readonly [number, number, number],
  [red, blue]: readonly [number, number],
  isFull: boolean,
) {
  const luma = (red * r + (1 - red - blue) * g + blue * b) / 255
  const [u, v] = [(b / 255 - luma) / (2 * (1 - blue)), (r / 255 - luma) / (2 * (1 - red))]
  return isFull ? [255 * luma, 128 + 255 * u, 128 + 255 * v] : [16 + 219 * luma, 128 + 224 * u, 128 + 224 * v]
}

const BT709 = [0.2126, 0.0722] as const
const BT601 = [0.299, 0.114] as const
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [194, 150, 130],
  [12, 200, 90],
] as const

describe('recolourOf', () => {
  test.each([
    ['BT.601', 'smpte170m', false, BT601],
    ['BT.601 as PAL has it', 'bt470bg', false, BT601],
    ['BT.601, full range', 'smpte170m', true, BT601],
    ['BT.709, full range', 'bt709', true, BT709],
  ] as const)('brings %s to limited BT.709', (_name, matrix, fullRange, weights) => {
    const recolour = recolourOf({ matrix, fullRange })
    if (typeof recolour === 'string') throw new Error('this needs a matrix')
    const [yy, yu, yv, uu, uv, vu, vv, black] = recolour
    for (const colour of COLOURS) {
      const [y = 0, u = 0, v = 0] = samplesOf(colour, weights, fullRange)
      const [cu, cv] = [u - 128, v - 128]
      const found = [
        16 + (yy * (y - black) + yu * cu + yv * cv) / 16384,
        128 + (uu * cu + uv * cv) / 16384,
        128 + (vu * cu + vv * cv) / 16384,
      ]
      samplesOf(colour, BT709, false).forEach((sample, index) => {
        expect(found[index]).toBeCloseTo(sample, 1)
      })
    }
  })

  test('leaves limited BT.709 alone, and what does not say what it is', () => {
    expect(recolourOf({ matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false })).toBe('none')
    expect(recolourOf({ matrix: null, primaries: null, transfer: null, fullRange: null })).toBe('none')
    expect(recolourOf({})).toBe('none')
  })

  test('asks for a way over RGB where primaries or transfer need linear light', () => {
    expect(recolourOf({ matrix: 'bt709', primaries: 'bt470bg' })).toBe('rgb')
    const wide = { matrix: 'bt2020-ncl', primaries: 'bt2020', transfer: 'bt709' } as unknown as VideoColorSpaceInit
    expect(recolourOf(wide)).toBe('rgb')
    expect(recolourOf({ matrix: 'bt709', primaries: 'bt709', transfer: 'pq' } as unknown as VideoColorSpaceInit)).toBe(
      'rgb',
    )
  })
})

test('colours of the scene are those of the standard', () => {
  expect(yuvOf('#ffffff')).toEqual([235, 128, 128])
  expect(yuvOf('#000000')).toEqual([16, 128, 128])
  expect(yuvOf('#ff0000')).toEqual([63, 102, 240])
})

test('luma of limited range is told as 0 to 255', () => {
  expect([16, 235, 125.5, 0, 255].map(fullRangeOf)).toEqual([0, 255, 127.5, 0, 255])
})
