import { expect, test } from 'vitest'
import { runLongTake, type StoreUse } from './long-take.ts'

/** Small pictures: what grows with the length of a take does not depend on them. */
const PICTURE_BYTES = { key: 400, other: 40 }
const SEGMENTS = 250
/** Each segment is named in 100 to 130 bytes of a playlist. */
const LINE_BYTES = 130
/** What stands around the segments of a playlist, and the live one whole. */
const CONSTANT_BYTES = 1500

test('a segment costs as many calls of the store late in a take as early, and playlists grow by their root', async () => {
  const uses: StoreUse[] = []
  await runLongTake({ segments: SEGMENTS, pictureBytes: PICTURE_BYTES, onStored: (_count, use) => uses.push(use) })
  expect(uses).toHaveLength(SEGMENTS)
  const between = (from: number, to: number) => {
    const [a, b] = [uses[from - 1], uses[to - 1]]
    if (a === undefined || b === undefined) throw new Error('no such segment')
    return {
      calls: (b.calls - a.calls) / (to - from),
      segmentBytes: (b.segmentBytes - a.segmentBytes) / (to - from),
      playlistBytes: (b.playlistBytes - a.playlistBytes) / (to - from),
    }
  }
  const early = between(50, 100)
  const late = between(SEGMENTS - 50, SEGMENTS)
  // The segment, the live playlist, the tail; the index now and then, less often the longer it is.
  expect(late.calls).toBeGreaterThanOrEqual(3)
  expect(late.calls).toBeLessThanOrEqual(early.calls)
  expect(late.segmentBytes / early.segmentBytes).toBeCloseTo(1, 2)
  // An index of n segments is written at every √n-th, and a tail is half of that long: 1.5 √n lines a segment.
  expect(late.playlistBytes).toBeLessThan(2 * Math.sqrt(SEGMENTS) * LINE_BYTES + CONSTANT_BYTES)
})
