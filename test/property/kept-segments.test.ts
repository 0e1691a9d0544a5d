import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keptOf, withKept } from '../../src/highlights/clips/kept-segments.ts'
import { selectSegments } from '../../src/highlights/plan.ts'
import { anySegments, FPS } from '../playlist/segments.ts'

const FRAME_MS = 1000 / FPS
const unit = fc.double({ min: 0, max: 1, noNaN: true })

test('a clip has the segments that it would have if none had left the playlists', () => {
  fc.assert(
    fc.property(anySegments, unit, unit, unit, unit, (segments, begin, length, known, left) => {
      const [first, last] = [segments[0], segments.at(-1)]
      if (first === undefined || last === undefined) return
      const spanMs = last.programDateTimeMs + last.durationSec * 1000 - first.programDateTimeMs
      const fromMs = first.programDateTimeMs + begin * spanMs
      const range = { fromMs, toMs: fromMs + length * spanMs, marginMs: FRAME_MS }
      const knownCount = Math.ceil(known * segments.length)
      const kept = keptOf(segments.slice(0, knownCount), range)
      const window = segments.slice(Math.floor(left * knownCount))
      const planFrom = (from: typeof segments) =>
        selectSegments({ ...range, segments: from, atMs: (range.fromMs + range.toMs) / 2, frameSec: 1 / FPS })
      const [whole, joined] = [planFrom(segments), planFrom(withKept(kept, window))]
      expect(joined.kind).toBe(whole.kind)
      if (whole.kind === 'plan' && joined.kind === 'plan') expect(joined.segments).toEqual(whole.segments)
      const again = keptOf(withKept(kept, window), range)
      expect(again).toEqual(keptOf(segments, range))
    }),
  )
})
