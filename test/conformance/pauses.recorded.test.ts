import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type RecordedPart, type RecordedTime, readFilm } from '../kit/index.ts'
import { checkRecording } from '../recorder/recording-check.ts'
import { EVENTFUL_PATTERNS, EVENTFUL_VIDEO, FILE_SOURCE, PAUSE_MS, type PauseStory } from './classes/eventful-class.ts'
import { type RecordedClass, readClass } from './classes/read-class.ts'
import { between, FRAME_MS, readEventful } from './eventful-recording.ts'

const FPS = EVENTFUL_VIDEO.fps
/** The take in which the class is paused, between two hand-overs. */
const PAUSED_TAKE = 2
/** From the call over the worker to the page, and to the picture that is asked for. */
const PAUSED_WITHIN_MS = FRAME_MS + 350
/** The promise is a few hundred milliseconds, with the first picture. */
const RESUMED_WITHIN_MS = 800
/** A source's frames and the recording's ticks have different clocks. */
const FRAMES = 1
/** The promise is 20 ms for a recording; what a pause may add is what is asked here. */
const STEP_SEC = 0.02

let lesson: RecordedClass<'eventful'>
let recorded: RecordedTime
beforeAll(async () => {
  lesson = await readClass('eventful')
  recorded = await readEventful(lesson)
})

/** The parts before and behind a pause. */
function around({ pausedAt }: PauseStory): readonly [RecordedPart, RecordedPart] {
  const atMs = Date.parse(pausedAt)
  const next = recorded.parts.findIndex(({ fromMs }) => fromMs > atMs + FRAME_MS + 1)
  return [recorded.parts[next - 1] ?? expect.unreachable(), recorded.parts[next] ?? expect.unreachable()]
}

describe('a pause', () => {
  test('that comes before the first picture holds, and ends with a recording', () => {
    const { early } = lesson.story
    expect(early).toEqual({ pausedAt: expect.any(String), resumed: 'recording' })
  })

  test('is told, at once, and once', () => {
    expect(lesson.story.pauses).toHaveLength(2)
    for (const pause of lesson.story.pauses) {
      expect(pause.states).toEqual(['paused', 'recording'])
      expect(pause.pausedAtAgain).toBe(pause.pausedAt)
      const tookMs = Date.parse(pause.pausedAt) - pause.pausedAskedMs
      expect(tookMs).toBeGreaterThanOrEqual(0)
      expect(tookMs).toBeLessThan(PAUSED_WITHIN_MS)
      expect(pause.resumedAnsweredMs - pause.resumedAskedMs).toBeLessThan(RESUMED_WITHIN_MS)
    }
  })

  test('records nothing: what was recorded is stored at once, and then the live playlist stands still', () => {
    for (const { liveTexts } of lesson.story.pauses) {
      expect(liveTexts[0]).toContain('#EXTINF')
      expect(liveTexts[1]).toBe(liveTexts[0])
    }
  })

  test('begins and ends to the frame where the recording says, and leaves out its time', () => {
    for (const pause of lesson.story.pauses) {
      const [before, after] = around(pause)
      expect(Math.abs(before.toMs - Date.parse(pause.pausedAt))).toBeLessThanOrEqual(FRAME_MS + 1)
      expect(after.fromMs).toBeGreaterThanOrEqual(pause.resumedAskedMs)
      expect(after.fromMs).toBeLessThanOrEqual(pause.resumedAnsweredMs + FRAME_MS)
      const [last] = recorded.pictures.filter(({ wallMs }) => wallMs < before.toMs - 1).slice(-1)
      const first = recorded.pictures.find(({ wallMs }) => wallMs > after.fromMs - 1)
      const frames = Math.round(((first?.wallMs ?? 0) - (last?.wallMs ?? 0)) / FRAME_MS)
      const went = (first?.counters[FILE_SOURCE] ?? Number.NaN) - (last?.counters[FILE_SOURCE] ?? Number.NaN)
      expect(Math.abs(went - frames)).toBeLessThanOrEqual(FRAMES)
    }
  })

  test('takes no time in the media, and everything decodes without a warning', async () => {
    const { index, warnings, pictures } = await checkRecording(lesson.dir)
    expect(warnings).toBe('')
    const isOfTake = (i: number) => index.segments[i]?.uri.startsWith(`takes/${PAUSED_TAKE}/`) === true
    const ofTake = index.segments.filter((_, i) => isOfTake(i))
    expect(ofTake.slice(1).filter(({ discontinuity }) => discontinuity)).toHaveLength(lesson.story.pauses.length)
    const times = pictures.filter((_, i) => isOfTake(i)).flat()
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0))).toBe(true)
    const durationSec = lesson.story.recording.takes[PAUSED_TAKE - 1]?.durationSec ?? Number.NaN
    expect((times.at(-1) ?? 0) - (times[0] ?? 0) + 1 / FPS).toBeCloseTo(durationSec, 1)
  })

  test('leaves sound and picture in step', () => {
    const offsetsOf = ({ fromMs, toMs }: RecordedPart) =>
      (recorded.sync[FILE_SOURCE] ?? []).flatMap(({ wallMs, offsetSec }) =>
        wallMs >= fromMs && wallMs < toMs ? [offsetSec] : [],
      )
    const middle = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
    const { stormFromMs } = lesson.story
    const first = recorded.parts.find(({ fromMs, toMs }) => fromMs <= stormFromMs && stormFromMs < toMs)
    for (const part of lesson.story.pauses.flatMap(around)) {
      expect(offsetsOf(part).length).toBeGreaterThanOrEqual(2)
      expect(Math.abs(middle(offsetsOf(part)) - middle(offsetsOf(first ?? expect.unreachable())))).toBeLessThan(
        STEP_SEC,
      )
    }
  })

  test('does not end a live player', () => {
    expect(lesson.story.live.errors.filter((error) => error.includes('fatal'))).toEqual([])
  })

  test('is left out of a clip, which is one film and says so', async () => {
    const [pause = expect.unreachable()] = lesson.story.pauses
    const id = lesson.story.asked['over the pause']
    const highlight = lesson.story.highlights.find((each) => each.id === id) ?? expect.unreachable()
    const [gap, ...more] = highlight.gaps
    expect(more).toEqual([])
    expect(Math.abs(Date.parse(gap?.from ?? '') - Date.parse(pause.pausedAt))).toBeLessThanOrEqual(FRAME_MS + 1)
    const [before, after] = around(pause)
    const heldMs = after.fromMs - before.toMs
    expect(heldMs).toBeGreaterThan(PAUSE_MS)
    const input = join(lesson.dir, 'highlights', highlight.id, 'clip.mp4')
    const film = await readFilm({ input, size: EVENTFUL_VIDEO, patterns: EVENTFUL_PATTERNS })
    expect(film.complaints).toEqual([])
    const [fromMs, toMs] = [Date.parse(highlight.from), Date.parse(highlight.to)]
    expect(Math.abs(film.pictures.length * FRAME_MS - (toMs - fromMs - heldMs))).toBeLessThanOrEqual(2 * FRAME_MS)
    expect(film.pictures).toHaveLength(between(recorded, fromMs, toMs).length)
  })
})
