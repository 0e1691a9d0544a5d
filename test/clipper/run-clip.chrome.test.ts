import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureSync, PATTERN_FPS, readFilm } from '../kit/index.ts'
import { type ClipBench, openClipBench } from './clip-call.ts'
import { durationsOf, PATTERN, SIZE } from './pattern-recording.ts'

const FRAME_MS = 1000 / PATTERN_FPS
/** Playlists give whole milliseconds. */
const ROUNDING_MS = 0.5
/** The tone filter of the kit knows an onset to about a millisecond. */
const SYNC_SEC = 0.002
const PACKET_SEC = 1024 / 48_000
/** A beep that is cut has another onset. */
const BEEP_EDGE_SEC = 0.1
/** Each is decoded again, which is what takes the time; the planner has property tests of its own. */
const RANDOM_CUTS = 8
const AT_ONCE = 4
const START_MS = 1_795_000_000_134
/** The second take begins 5.237 s after the end of the first, as after a crash. */
const SECOND_FRAME = 300
const SECOND_MS = START_MS + 10_000 + 5_237

let bench: ClipBench
beforeAll(async () => {
  bench = await openClipBench([
    // A short hole at 3.6 s, and 4.4 s without a picture from 5.6 s on, which is a discontinuity.
    {
      take: 1,
      startMs: START_MS,
      firstFrame: 0,
      endFrame: 250,
      lost: [
        { first: 90, end: 100 },
        { first: 140, end: 200 },
      ],
    },
    { take: 2, startMs: SECOND_MS, firstFrame: SECOND_FRAME, endFrame: 520, otherEncoder: true, offsetSec: 15.237 },
  ])
})
afterAll(() => bench[Symbol.asyncDispose]())

interface Range {
  readonly fromMs: number
  readonly toMs: number
}

/** What the clip must show: the recorded frames of the range, each at its place, holes kept, gaps closed. */
function expectedFrames({ fromMs, toMs }: Range): { counters: number[]; frames: number[] } {
  const inside = bench.pictures.filter(({ atMs }) => atMs + ROUNDING_MS >= fromMs && atMs + ROUNDING_MS < toMs)
  const frames: number[] = []
  inside.forEach(({ counter }, i) => {
    const before = inside[i - 1]
    const step = before === undefined ? 0 : counter - before.counter
    // A hole of more than a second is a gap.
    frames.push((frames.at(-1) ?? 0) + (step > PATTERN_FPS ? 1 : step))
  })
  return { counters: inside.map(({ counter }) => counter), frames }
}

async function checkClip(range: Range): Promise<void> {
  const atMs = (range.fromMs + range.toMs) / 2
  const clip = await bench.cut(bench.request({ ...range, atMs }))
  const expected = expectedFrames(range)
  const film = await readFilm({ input: clip.path, size: SIZE, patterns: [PATTERN], sound: true })
  expect(film.complaints).toEqual([])
  expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(expected.counters)
  expect(film.pictures.map(({ ptsSec }) => Math.round(ptsSec * PATTERN_FPS * 1000) / 1000)).toEqual(expected.frames)
  const durationSec = ((expected.frames.at(-1) ?? 0) + 1) / PATTERN_FPS
  expect(clip).toMatchObject({ durationSec, frames: expected.counters.length })
  const stated = await durationsOf(clip.path)
  expect(stated.format).toBeCloseTo(durationSec, 3)
  expect(stated.picture).toBeCloseTo(durationSec, 3)
  const { sound: runs = [] } = film
  expect(runs.map(({ ptsSec }) => ptsSec)).toEqual([0])
  expect(Math.abs((runs[0]?.samples.length ?? 0) / 48_000 - durationSec)).toBeLessThanOrEqual(PACKET_SEC)
  // A take's first sound is younger than its first picture: the packet over its beginning was never recorded.
  const border = expected.counters.indexOf(SECOND_FRAME)
  const borderSec = (expected.frames[border] ?? Number.NaN) / PATTERN_FPS
  const [sync = []] = measureSync(film)
  for (const { ptsSec, offsetSec } of sync) {
    if (ptsSec < BEEP_EDGE_SEC || ptsSec > durationSec - BEEP_EDGE_SEC) continue
    if (Math.abs(ptsSec - borderSec) < BEEP_EDGE_SEC) continue
    expect(Math.abs(offsetSec), `the beep at ${ptsSec} s`).toBeLessThan(SYNC_SEC)
  }
}

describe('an exact clip', () => {
  test.each([
    ['from a key frame to a key frame', 2000, 4000],
    ['from the first frame of a segment, whose sound begins in the one before', 2000, 2500],
    ['from the recording’s first frame', 0, 700],
    ['up to the recording’s last frame', 22_000, 30_000],
    ['inside of one group of pictures', 2320, 2560],
    ['of one picture', 2520, 2560],
    ['of one picture that is a key frame', 3000, 3040],
    ['of a range between two pictures’ times', 2501.3, 2777.7],
    ['over a hole', 3100, 4700],
    ['over a discontinuity', 5100, 8900],
    ['over a take’s border, whose parameter sets have the same ids', 9000, 17_000],
    ['over everything', -5000, 60_000],
  ])('%s has the asked frames, and sound in step', (_, from, to) =>
    checkClip({ fromMs: START_MS + from, toMs: START_MS + to }),
  )

  test(`at ${RANDOM_CUTS} random places has the asked frames, and sound in step`, async () => {
    const random = createRandom(7)
    const ranges = Array.from({ length: RANDOM_CUTS }, () => {
      const picture = bench.pictures[Math.floor(random() * bench.pictures.length)]
      const fromMs = (picture?.atMs ?? 0) - Math.floor(random() * 2000)
      return { fromMs, toMs: Math.max(fromMs, picture?.atMs ?? 0) + FRAME_MS + Math.floor(random() * 2500) }
    })
    const next = ranges.values()
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const range of next) await checkClip(range)
      }),
    )
  })
})

/** A linear congruential generator (Knuth): the same cuts in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
