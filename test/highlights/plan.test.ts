import { expect, test } from 'vitest'
import type { ClipPlan } from '../../src/highlights/index.ts'
import { selectSegments } from '../../src/highlights/plan.ts'
import type { Segment } from '../../src/playlist/index.ts'
import { evenSegments, FPS } from '../playlist/segments.ts'

const START = Date.UTC(2026, 10, 21, 9)
const FRAME_MS = 1000 / FPS
const frameSec = 1 / FPS

/** Ten segments of two seconds from nine o'clock on. */
const RECORDING = evenSegments(10)
const END = START + 20_000

/** Plans around a moment; all times in seconds from the recording's start. */
function plan(at: number, pre: number, post: number, segments: readonly Segment[] = RECORDING) {
  const atMs = START + at * 1000
  return selectSegments({ segments, atMs, fromMs: atMs - pre * 1000, toMs: atMs + post * 1000, frameSec })
}

function planned(...args: Parameters<typeof plan>): ClipPlan {
  const result = plan(...args)
  if (result.kind === 'no-media') throw new Error(`no media, nearest ${JSON.stringify(result.nearest)}`)
  return result
}

const since = (ms: number) => (ms - START) / 1000
const seqs = ({ segments }: ClipPlan) => segments.map(({ uri }) => Number(/(\d+)\.ts$/.exec(uri)?.[1]))
const range = ({ fromMs, toMs }: ClipPlan) => [since(fromMs), since(toMs)]

/** The segments from `index` on, later by so many seconds, in the next take. */
function nextTake(index: number, laterSec: number): readonly Segment[] {
  return RECORDING.map((segment, i) =>
    i < index
      ? segment
      : {
          ...segment,
          take: 2,
          uri: `takes/2/${segment.seq}.ts`,
          programDateTimeMs: segment.programDateTimeMs + laterSec * 1000,
          discontinuity: i === index,
        },
  )
}

test('a range within one take has the segments that it needs and no others', () => {
  const clip = planned(10.5, 4, 3)
  expect(range(clip)).toEqual([6.5, 13.5])
  expect(seqs(clip)).toEqual([3, 4, 5, 6])
  expect(clip).toMatchObject({ gaps: [], clamped: null })
  expect(clip.segments[0]).toEqual({
    uri: 'takes/1/3.ts',
    take: 1,
    startMs: START + 6000,
    durationSec: 2,
    discontinuity: false,
  })
})

test('a range that ends where a segment begins does without that segment', () => {
  expect(seqs(planned(8, 4, 4))).toEqual([2, 3, 4, 5])
})

test('time that is missing between two takes is a gap in one clip', () => {
  const clip = planned(10, 4, 9, nextTake(5, 3))
  expect(seqs(clip)).toEqual([3, 4, 5, 6, 7])
  expect(clip.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true, false, false])
  expect(clip.gaps).toEqual([{ fromMs: START + 10_000, toMs: START + 13_000 }])
  expect(range(clip)).toEqual([6, 19])
})

test('a picture counts of which a later take has less than a half, also where the clip begins with it', () => {
  // The second take begins at 8.957 s: the picture of 8.92 s has 37 ms, which are the whole of the range before that.
  const clip = planned(10, 1.082, 2, nextTake(5, -1.043))
  expect(clip.segments[0]).toMatchObject({ uri: 'takes/1/4.ts', endMs: START + 8957 })
})

test('where two takes overlap the later one counts', () => {
  const clip = planned(10, 4, 4, nextTake(5, -0.52))
  expect(clip.gaps).toEqual([])
  expect(clip.segments.map(({ uri, endMs }) => [uri, endMs && since(endMs)])).toEqual([
    ['takes/1/3.ts', undefined],
    ['takes/1/4.ts', 9.48],
    ['takes/2/5.ts', undefined],
    ['takes/2/6.ts', undefined],
    ['takes/2/7.ts', undefined],
  ])
})

test('a clock that was set back between two takes leaves no instant twice', () => {
  const clip = planned(6, 3, 3, nextTake(5, -5))
  expect(seqs(clip)).toEqual([1, 2, 5, 6])
  expect(clip.segments.map(({ endMs }) => endMs && since(endMs))).toEqual([undefined, 5, undefined, undefined])
})

test('segments that players skip are a gap', () => {
  const gone = RECORDING.map((segment) => (segment.seq === 4 ? { ...segment, gap: true } : segment))
  const clip = planned(10, 6, 4, gone)
  expect(seqs(clip)).toEqual([2, 3, 5, 6])
  expect(clip.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true, false])
  expect(clip.gaps).toEqual([{ fromMs: START + 8000, toMs: START + 10_000 }])
})

test('asked from before the start: clamped, and said', () => {
  const clip = planned(1, 20, 3)
  expect(range(clip)).toEqual([0, 4])
  expect(clip.clamped).toEqual({ fromMs: START - 19_000 })
  expect(clip.gaps).toEqual([])
})

test('asked beyond the end: clamped, and said', () => {
  const clip = planned(19, 2, 10)
  expect(range(clip)).toEqual([17, 20])
  expect(clip.clamped).toEqual({ toMs: START + 29_000 })
})

test('a moment after the end has the end, when its pre-roll reaches it', () => {
  const clip = planned(21, 2, 10)
  expect(range(clip)).toEqual([19, 20])
  expect(planned(21, 1.01, 0).segments).toHaveLength(1)
  expect(range(planned(21, 1.001, 0))[0]).toBeLessThanOrEqual(19.96)
})

test('a moment before the start has the start, when its post-roll reaches it', () => {
  expect(range(planned(-3, 1, 5))).toEqual([0, 2])
})

test('a range outside names the nearest media', () => {
  const all = { fromMs: START, toMs: END }
  expect(plan(40, 5, 5)).toEqual({ kind: 'no-media', nearest: all })
  expect(plan(-40, 5, 5)).toEqual({ kind: 'no-media', nearest: all })
  expect(plan(5, 5, 5, [])).toEqual({ kind: 'no-media', nearest: null })
})

test('a range in a hole names the nearer side', () => {
  const segments = nextTake(5, 10)
  expect(plan(12, 1, 1, segments)).toEqual({ kind: 'no-media', nearest: { fromMs: START, toMs: START + 10_000 } })
  expect(plan(18, 1, 1, segments)).toEqual({
    kind: 'no-media',
    nearest: { fromMs: START + 20_000, toMs: START + 30_000 },
  })
})

test('a moment in a pause has what its range reaches on both sides', () => {
  const clip = planned(12, 4, 10, nextTake(5, 10))
  expect(seqs(clip)).toEqual([4, 5])
  expect(range(clip)).toEqual([8, 22])
  expect(clip.gaps).toEqual([{ fromMs: START + 10_000, toMs: START + 20_000 }])
})

test.each([
  ['the first picture', 0, 0],
  ['a picture that begins at the moment', 5, 5],
  ['a picture that is seen at the moment', 5.03, 5],
  ['the last picture', 19.99, 19.96],
  ['the very end', 20, 19.96],
])('without pre-roll and post-roll the clip is %s', (_, at, pictureAt) => {
  const clip = planned(at, 0, 0)
  const pictures = Array.from({ length: 500 }, (_, index) => START + index * FRAME_MS)
  expect(pictures.filter((ms) => ms >= clip.fromMs && ms < clip.toMs)).toEqual([START + pictureAt * 1000])
  expect(clip.segments).toHaveLength(1)
  expect(clip.clamped).toBeNull()
})

test('without a post-roll the clip still ends with the picture of the moment', () => {
  const clip = planned(5.03, 2, 0)
  expect(clip.toMs).toBeGreaterThan(START + 5000)
  expect(clip.toMs).toBeLessThanOrEqual(START + 5040)
})
