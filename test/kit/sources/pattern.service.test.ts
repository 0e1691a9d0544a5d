import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { locateTile, readCounter, readFlash } from '../watch/tile.ts'
import { decodeCounter, drawPattern, encodeCounter, hasColour, PATTERN_FPS, patternOf } from './pattern.ts'

const SIZE = { width: 640, height: 360 }

describe('a pattern', () => {
  test('every counter of every source reads back', () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.nat(11), (counter, index) => {
        expect(decodeCounter(encodeCounter(counter, index), index)).toBe(counter)
      }),
    )
  })

  test("another source's counter does not pass", () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.nat(11), fc.nat(11), (counter, index, other) => {
        fc.pre(index !== other)
        expect(decodeCounter(encodeCounter(counter, index), other)).toBeUndefined()
      }),
    )
  })

  test('one wrong block is noticed', () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.nat(23), (counter, wrong) => {
        const blocks = encodeCounter(counter, 3).map((white, i) => (i === wrong ? !white : white))
        expect(decodeCounter(blocks, 3)).toBeUndefined()
      }),
    )
  })

  test('no two sources share a colour', () => {
    const patterns = Array.from({ length: 12 }, (_, index) => patternOf(index))
    for (const pattern of patterns) {
      const like = patterns.filter((other) => hasColour(other, pattern.u, pattern.v))
      expect(like).toEqual([pattern])
    }
  })

  test('a drawn picture is found and read, and flashes on whole seconds only', () => {
    for (const counter of [0, 1, 24, 25, 40000]) {
      const pattern = patternOf(2)
      const picture = { ...SIZE, data: drawPattern(pattern, counter, SIZE) }
      const tile = locateTile(picture, pattern)
      if (!tile) throw new Error('the tile was not found')
      expect(readCounter(picture, pattern, tile)).toBe(counter)
      expect(readFlash(picture, tile)).toBe(counter % PATTERN_FPS === 0)
      expect(locateTile(picture, patternOf(3))).toBeUndefined()
    }
  })
})
