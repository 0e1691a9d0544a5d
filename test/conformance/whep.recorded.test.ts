import { beforeAll, describe, expect, test } from 'vitest'
import { firstPicture, measureCadence, quantile, type Still } from '../kit/index.ts'
import { AMY, BEN, FILE } from './classes/steady-class.ts'
import { offsetsOf, readSteadyFilm, type SteadyFilm } from './steady-film.ts'
import {
  HLS_SYNC_P95_SEC,
  LAYOUT_SWITCH_MAX_MS,
  PRESENT_MIN,
  REPEATED_MAX,
  RETURN_MAX_MS,
  WHEP_FREEZE_MAX_SEC,
  WHEP_SYNC_P95_SEC,
} from './tolerances.ts'

let steady: SteadyFilm
beforeAll(async () => {
  steady = await readSteadyFilm()
})

describe('a WHEP source, recorded beside four others', () => {
  test('99 of 100 frames are in the file, at most one of 100 is shown twice, and it never freezes for half a second', () => {
    const cadence = measureCadence(steady.film, AMY, steady.steady)
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(cadence.repeated).toBeLessThanOrEqual(REPEATED_MAX)
    expect(cadence.longestFreezeSec).toBeLessThanOrEqual(WHEP_FREEZE_MAX_SEC)
  })

  test('sound and picture are in step', () => {
    expect(quantile(offsetsOf(steady, AMY), 0.95)).toBeLessThanOrEqual(WHEP_SYNC_P95_SEC)
  })

  test('one that a browser publishes, with frames of its own making, never freezes for half a second either', () => {
    const cadence = measureCadence(steady.film, BEN, steady.joined)
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.longestFreezeSec).toBeLessThanOrEqual(WHEP_FREEZE_MAX_SEC)
  })

  test('a publisher that leaves gives way to a placeholder and is back within 5 s of its return', () => {
    const { timeline, film, story } = steady
    const isShown = ({ sources }: Still): boolean => sources[BEN]?.counter !== undefined
    const [allSec, backSec] = [timeline.ptsSec(story.at.all + LAYOUT_SWITCH_MAX_MS), timeline.ptsSec(story.at.back)]
    const away = film.pictures.filter(({ ptsSec }) => ptsSec >= allSec && ptsSec < backSec)
    expect(away.length).toBeGreaterThan(0)
    expect(away.filter(({ value }) => isShown(value))).toEqual([])
    const shownSec = firstPicture(film, backSec, isShown) ?? Number.POSITIVE_INFINITY
    expect((shownSec - backSec) * 1000).toBeLessThanOrEqual(RETURN_MAX_MS)
  })

  test('every session is deleted at the server in the end', () => {
    expect(steady.story.viewersAfter).toBe(0)
  })
})

describe('a video file recorded beside them', () => {
  test('shows 99 of 100 frames, and at most one of 100 twice', () => {
    const cadence = measureCadence(steady.film, FILE, steady.steady)
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(cadence.repeated).toBeLessThanOrEqual(REPEATED_MAX)
  })

  test('its sound and picture are in step', () => {
    expect(quantile(offsetsOf(steady, FILE), 0.95)).toBeLessThanOrEqual(HLS_SYNC_P95_SEC)
  })
})
