import fc from 'fast-check'
import { segmentName } from '../../src/archive/keys.ts'
import type { Segment } from '../../src/playlist/index.ts'

export const SEGMENT_SEC = 2
export const FPS = 25

/** Any recording: takes of segments with real durations, holes and gaps. */
export const anySegments: fc.Arbitrary<readonly Segment[]> = fc
  .array(
    fc.record({
      durationUs: fc.integer({ min: 40_000, max: 3_499_000 }),
      newTake: fc.boolean(),
      hole: fc.boolean(),
      gap: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((shapes) => {
    let take = 1
    let atMs = Date.UTC(2026, 10, 21, 9)
    return shapes.map(({ durationUs, newTake, hole, gap }, seq) => {
      if (newTake && seq > 0) take += 1
      const programDateTimeMs = Math.round(atMs)
      atMs += durationUs / 1000
      const discontinuity = seq > 0 && (newTake || hole)
      const durationSec = durationUs / 1e6
      return {
        seq,
        take,
        uri: segmentName({ take, number: seq }),
        durationSec,
        programDateTimeMs,
        discontinuity,
        ...(gap ? { gap } : {}),
      }
    })
  })

/** A recording of so many segments of two seconds, in one take. */
export function evenSegments(count: number): readonly Segment[] {
  return Array.from({ length: count }, (_, seq) => ({
    seq,
    take: 1,
    uri: segmentName({ take: 1, number: seq }),
    durationSec: SEGMENT_SEC,
    programDateTimeMs: Date.UTC(2026, 10, 21, 9) + seq * SEGMENT_SEC * 1000,
    discontinuity: false,
  }))
}
