import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countEntries, deltaUpdate, parsePlaylist, renderIndex } from '../../src/playlist/index.ts'
import { anySegments } from './segments.ts'

const TARGET_SEC = 4
const running = { targetDurationSec: TARGET_SEC, ended: false }
const SKIP = /^#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)\n/m

test('a delta update is the end of the index, and the segments that it skips are those before', () => {
  fc.assert(
    fc.property(anySegments, (segments) => {
      const index = renderIndex(segments, running)
      const delta = deltaUpdate(index, { skip: true })
      const skipped = Number(SKIP.exec(delta)?.[1] ?? 0)
      const kept = parsePlaylist(delta.replace(SKIP, ''))?.segments ?? []
      expect(kept.map(({ uri }) => uri)).toEqual(segments.slice(skipped).map(({ uri }) => uri))
      expect(kept.map(({ discontinuity }) => discontinuity)).toEqual(
        segments.slice(skipped).map(({ discontinuity }) => discontinuity),
      )
      if (skipped === 0) return
      const untilSec = Number(/CAN-SKIP-UNTIL=(\d+)$/m.exec(delta)?.[1])
      const keptSec = kept.reduce((sum, { durationSec }) => sum + durationSec, 0)
      expect(untilSec).toBeGreaterThanOrEqual(6 * TARGET_SEC)
      expect(keptSec).toBeGreaterThanOrEqual(untilSec)
      expect(keptSec - (kept[0]?.durationSec ?? 0)).toBeLessThan(untilSec)
      expect(delta).toContain('#EXT-X-VERSION:9\n')
    }),
  )
})

test('of a day it is a few segments, and its whole form differs by one line', () => {
  const day = Array.from({ length: 43_200 }, (_, seq) => ({
    seq,
    take: 1,
    uri: `takes/1/${seq}.ts`,
    durationSec: 2,
    programDateTimeMs: seq * 2000,
    discontinuity: false,
  }))
  const index = renderIndex(day, running)
  expect(deltaUpdate(index, { skip: true }).length).toBeLessThan(3000)
  expect(countEntries(deltaUpdate(index, { skip: true }))).toBe(24)
  expect(deltaUpdate(index, { skip: false }).replace(/^#EXT-X-SERVER-CONTROL:.*\n/m, '')).toBe(index)
})

test('an index that has ended is whole', () => {
  const index = renderIndex([], { ...running, ended: true })
  expect(deltaUpdate(index, { skip: true })).toBe(index)
})
