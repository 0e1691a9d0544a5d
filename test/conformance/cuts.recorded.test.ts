import { beforeAll, expect, test } from 'vitest'
import { longestGapSec, measureCadence, type RecordedTime } from '../kit/index.ts'
import { type CheckedRecording, checkRecording } from '../recorder/recording-check.ts'
import { EVENTFUL_VIDEO, FILE_SOURCE } from './classes/eventful-class.ts'
import { type RecordedClass, readClass } from './classes/read-class.ts'
import { FRAME_MS, readEventful } from './eventful-recording.ts'
import { HOLE_MAX_SEC, PRESENT_MIN } from './tolerances.ts'

const FPS = EVENTFUL_VIDEO.fps
/** A trigger whose end lies so far ahead when it is stored reaches the page in time to cut there. */
const AHEAD_MS = 300
/** Of many cuts in a row, from the eleventh on, one a second is made. */
const CROWDED_MS = 1000
/** Those that ask for a cut when nobody else does. */
const ALONE = ['hand-over 2', 'hand-over 3']

let lesson: RecordedClass<'eventful'>
let checked: CheckedRecording
let recorded: RecordedTime
beforeAll(async () => {
  lesson = await readClass('eventful')
  checked = await checkRecording(lesson.dir)
  recorded = await readEventful(lesson)
})

test('a segment ends at the picture at which a highlight ends, and at most a second later where many end in a row', () => {
  const { highlights, recording, asked: names } = lesson.story
  const bordersMs = checked.index.segments.map(({ programDateTime }) => programDateTime?.getTime() ?? Number.NaN)
  const asked = highlights.filter(({ at, postSec, createdAt, clamped, gaps }) => {
    const endMs = Date.parse(at) + postSec * 1000
    const isLive = Date.parse(createdAt) < Date.parse(recording.endedAt ?? '')
    return isLive && endMs > Date.parse(createdAt) + AHEAD_MS && clamped?.to === undefined && gaps.length === 0
  })
  expect(asked.length).toBeGreaterThan(10)
  const late = asked.flatMap(({ id, at, postSec }) => {
    const endMs = Date.parse(at) + postSec * 1000
    const afterMs = Math.min(...bordersMs.filter((border) => border > endMs - 1).map((border) => border - endMs))
    const isAlone = ALONE.some((name) => names[name] === id)
    return afterMs <= (isAlone ? 0 : CROWDED_MS) + FRAME_MS + 1 ? [] : [`${id}: ${afterMs} ms`]
  })
  expect(late).toEqual([])
  for (const name of ALONE) expect(asked.map(({ id }) => id)).toContain(names[name])
})

test('segments are as long as their pictures, and no longer than the playlist promises', () => {
  const { index, pictures } = checked
  index.segments.forEach(({ duration }, i) => {
    expect(duration).toBeCloseTo((pictures[i]?.length ?? Number.NaN) / FPS, 3)
    expect(duration).toBeLessThanOrEqual(index.targetDuration)
  })
})

test('a storm of cuts makes many segments and loses no more than one of 100 frames, and no longer than a fifth of a second', () => {
  const { stormFromMs, stormToMs, highlights } = lesson.story
  const begun = checked.index.segments.filter(({ programDateTime }) => {
    const atMs = programDateTime?.getTime() ?? 0
    return atMs >= stormFromMs && atMs < stormToMs
  })
  const asked = highlights.filter(({ createdAt }) => {
    const atMs = Date.parse(createdAt)
    return atMs >= stormFromMs && atMs < stormToMs
  })
  expect(begun.length).toBeGreaterThan(asked.length / 2)
  const part = recorded.parts.find(({ fromMs, toMs }) => fromMs <= stormFromMs && stormToMs <= toMs)
  const { film, fromMs } = part ?? expect.unreachable('the storm is in one take')
  const secOf = (wallMs: number) => (film.pictures[0]?.ptsSec ?? 0) + (wallMs - fromMs) / 1000
  const window = { fromSec: secOf(stormFromMs), toSec: secOf(stormToMs) }
  const cadence = measureCadence(film, FILE_SOURCE, window)
  expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
  expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
  const pictures = film.pictures.filter(({ ptsSec }) => ptsSec >= window.fromSec && ptsSec < window.toSec)
  expect(longestGapSec({ ...film, pictures })).toBeLessThan(HOLE_MAX_SEC)
})
