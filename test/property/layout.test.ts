import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { overlaps, type Rect } from '../../recorder-page/drawing/geometry.ts'
import { arrange, type LayoutInput } from '../../recorder-page/scene/layout/index.ts'
import { LAYOUT_NAMES } from '../../src/protocol/layout.ts'

const size = fc
  .record({ width: fc.integer({ min: 80, max: 1920 }), height: fc.integer({ min: 45, max: 1080 }) })
  .map(({ width, height }) => ({ width: width * 2, height: height * 2 }))
const role = fc.constantFrom('presenter' as const, 'participant' as const, 'participant' as const, 'screen' as const)
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const part = fc.double({ min: 0.001, max: 1, noNaN: true })
const box = { x: fraction, y: fraction, width: part, height: part }

const input: fc.Arbitrary<Omit<LayoutInput, 'gap'>> = fc
  .record({
    roles: fc.array(role, { minLength: 1, maxLength: 32 }),
    focus: fc.nat(),
    hasBoard: fc.boolean(),
    hasChat: fc.boolean(),
    view: fc.constantFrom('presenter' as const, 'audience' as const),
    tiles: fc.array(
      fc.oneof(
        fc.record({ ...box, source: fc.integer({ min: 0, max: 33 }).map((index) => `s${index}`) }),
        fc.record({ ...box, board: fc.constant(true as const) }),
      ),
      { maxLength: 12 },
    ),
  })
  .map(({ roles, focus, ...rest }) => {
    const sources = roles.map((sourceRole, index) => ({ id: `s${index}`, role: sourceRole }))
    return { ...rest, sources, focus: sources[focus % sources.length] ?? null }
  })

function isEven({ x, y, width, height }: Rect): boolean {
  return [x, y, width, height].every((value) => Number.isInteger(value / 2))
}

describe.each(LAYOUT_NAMES)('the layout %s', (name) => {
  test('stays inside every picture, on even pixels', () => {
    fc.assert(
      fc.property(input, size, (given, picture) => {
        const { places, chat } = arrange(name, given, picture)
        for (const rect of [...places.map((placed) => placed.rect), ...(chat === null ? [] : [chat])]) {
          expect(rect).toSatisfy(isEven)
          expect(Math.min(rect.width, rect.height)).toBeGreaterThanOrEqual(2)
          expect(Math.min(rect.x, rect.y)).toBeGreaterThanOrEqual(0)
          expect(rect.x + rect.width).toBeLessThanOrEqual(picture.width)
          expect(rect.y + rect.height).toBeLessThanOrEqual(picture.height)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('shows each source at most once, with no two tiles on one pixel unless one floats', () => {
    const legible = size.filter(({ width, height }) => width >= 480 && height >= 270)
    fc.assert(
      fc.property(input, legible, (given, picture) => {
        const { places, chat } = arrange(name, given, picture)
        if (name !== 'custom') {
          const ids = places.flatMap((placed) => (placed.kind === 'source' ? [placed.sourceId] : []))
          expect(new Set(ids).size).toBe(ids.length)
        }
        const fixed = places.filter((placed) => !placed.floating).map((placed) => placed.rect)
        if (chat !== null) fixed.push(chat)
        fixed.forEach((rect, index) => {
          for (const other of fixed.slice(index + 1)) expect(overlaps(rect, other)).toBe(false)
        })
      }),
      { numRuns: 300 },
    )
  })

  test('puts the same tiles at the same places every time', () => {
    fc.assert(
      fc.property(input, size, (given, picture) => {
        expect(arrange(name, given, picture)).toEqual(arrange(name, given, picture))
      }),
      { numRuns: 50 },
    )
  })
})

test('the grid keeps the order of the sources, row by row', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { places } = arrange('grid', { ...given, view: 'audience' }, { width: 1280, height: 720 })
      const reading = [...places].sort((a, b) => a.rect.y - b.rect.y || a.rect.x - b.rect.x)
      expect(reading).toEqual(places)
      expect(places).toHaveLength(given.sources.length)
    }),
  )
})
