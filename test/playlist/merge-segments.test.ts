import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leaveOutDoubles, type Segment } from '../../src/playlist/index.ts'
import { anySegments } from './segments.ts'

const unplaced = ({ seq: _, ...segment }: Segment) => segment

test('leaves nothing out of what takes recorded one after the other, whatever was found late', () => {
  fc.assert(
    fc.property(anySegments, fc.infiniteStream(fc.boolean()), (segments, late) => {
      const isLate = segments.map(() => late.next().value)
      const found = segments.filter((_, at) => isLate[at]).map(unplaced)
      const named = segments.filter((_, at) => !isLate[at]).map(unplaced)
      expect(leaveOutDoubles(named, found)).toEqual(found)
    }),
  )
})

test('leaves nothing out when a clock was set back between two takes, by more than what was still to be found', () => {
  fc.assert(
    fc.property(anySegments, fc.integer({ min: 1, max: 3_600_000 }), (segments, backMs) => {
      const stepped = segments.map((segment) => ({
        ...unplaced(segment),
        programDateTimeMs: segment.programDateTimeMs - (segment.take - 1) * (backMs + 240_000),
      }))
      expect(leaveOutDoubles(stepped, stepped)).toEqual(stepped)
      expect(leaveOutDoubles([], stepped)).toEqual(stepped)
    }),
  )
})
