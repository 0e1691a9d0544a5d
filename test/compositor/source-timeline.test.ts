import { expect, test } from 'vitest'
import { SourceTimeline } from '../../recorder-page/compositor/source-timeline.ts'

const PERIOD_MS = 40
const REFRESH_MS = 1000 / 60
/** When media time zero is due, on the page's clock. */
const TRUE_MS = 5000
const FRAMES = 250

interface Player {
  readonly lateMs?: (frame: number) => number
  readonly from?: number
  readonly trueMs?: number
  readonly timeline?: SourceTimeline
}

/** What a player tells that shows each frame at the refresh nearest to its time, and later when it is late. */
function watch({
  lateMs = () => 0,
  from = 0,
  trueMs = TRUE_MS,
  timeline = new SourceTimeline(REFRESH_MS),
}: Player = {}) {
  const offsets: number[] = []
  let anew = 0
  for (let i = from; i < from + FRAMES; i += 1) {
    const mediaMs = i * PERIOD_MS
    const presentMs = Math.round((mediaMs + trueMs) / REFRESH_MS) * REFRESH_MS + lateMs(i)
    if (timeline.add(mediaMs, presentMs)) anew += 1
    offsets.push(timeline.offsetMs ?? Number.NaN)
  }
  return { timeline, offsets, anew }
}
const hash = (i: number) => ((i * 2654435761) % 2 ** 32) / 2 ** 32

test('knows when media time zero is due to two milliseconds, at any phase of the refreshes', () => {
  for (let phaseMs = 0; phaseMs < REFRESH_MS; phaseMs += 2.3) {
    const { offsets, anew } = watch({ trueMs: TRUE_MS + phaseMs })
    expect(anew).toBe(1)
    for (const offset of offsets.slice(75)) expect(Math.abs(offset - TRUE_MS - phaseMs)).toBeLessThan(2)
  }
})

test('does not take the picture for late where half of the readings are', () => {
  const lateMs = (i: number) => (hash(i) < 0.5 ? 30 * hash(i + 1000) : 0)
  const { offsets, anew } = watch({ lateMs })
  expect(anew).toBe(1)
  for (const offset of offsets.slice(75)) expect(Math.abs(offset - TRUE_MS)).toBeLessThan(4)
})

test('is not moved by two stray readings', () => {
  const { offsets } = watch({ lateMs: (i) => (i % 40 === 0 ? -20 : 0) })
  for (const offset of offsets.slice(75)) expect(Math.abs(offset - TRUE_MS)).toBeLessThan(3)
})

test('begins anew with the third reading after a jump', () => {
  const { timeline } = watch()
  const { offsets, anew } = watch({ timeline, from: FRAMES, trueMs: TRUE_MS + 500 })
  expect(anew).toBe(1)
  expect(Math.abs((offsets[1] ?? 0) - TRUE_MS)).toBeLessThan(3)
  expect(Math.abs((offsets[2] ?? 0) - TRUE_MS - 500)).toBeLessThan(REFRESH_MS / 2)
})
