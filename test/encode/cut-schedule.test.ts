import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CutSchedule } from '../../recorder-page/encode/cut-schedule.ts'

const FPS = 25
const START_MS = 1_800_000_000_000.25

/** What is asked for before the picture of this tick is encoded; without `atMs` now. */
interface Ask {
  readonly tick: number
  readonly atMs?: number
}

/** The ticks at which segments begin. */
function borders(asks: readonly Ask[], { ticks = 500, segmentSec = 2, fps = FPS, dropped = new Set<number>() } = {}) {
  const schedule = new CutSchedule({ fps, segmentSec, startMs: START_MS })
  const found: number[] = []
  for (let tick = 0; tick < ticks; tick++) {
    for (const ask of asks) if (ask.tick === tick) schedule.ask(ask.atMs)
    if (!dropped.has(tick) && schedule.take(tick)) found.push(tick)
  }
  return found
}

/** The wall time of a picture as a playlist says it. */
const wallMs = (tick: number, fps = FPS) => Math.round(START_MS + (tick * 1000) / fps)

describe('without a cut', () => {
  test('a segment begins with the first picture and then every `segmentSec`', () => {
    expect(borders([], { ticks: 160 })).toEqual([0, 50, 100, 150])
  })

  test('a border whose picture was dropped comes with the next', () => {
    expect(borders([], { ticks: 160, dropped: new Set([50, 51]) })).toEqual([0, 52, 102, 152])
  })
})

test('after a pause the next picture begins a segment, also right after a border, and the rhythm goes on from it', () => {
  const schedule = new CutSchedule({ fps: FPS, segmentSec: 2, startMs: START_MS })
  const at = (ticks: readonly number[]) => ticks.filter((tick) => schedule.take(tick))
  expect(at([0, 1, 2])).toEqual([0])
  schedule.ask()
  schedule.restart()
  expect(at([3, 4, 52, 53, 54])).toEqual([3, 53])
})

describe('a cut', () => {
  test('comes with the next picture, and the rhythm goes on from it', () => {
    expect(borders([{ tick: 30 }], { ticks: 140 })).toEqual([0, 30, 80, 130])
  })

  test('comes with the first picture that is not before its time', () => {
    const exact = { tick: 1, atMs: wallMs(30) }
    expect(borders([exact], { ticks: 40 })).toEqual([0, 30])
    expect(borders([{ ...exact, atMs: wallMs(30) + 1 }], { ticks: 40 })).toEqual([0, 31])
    expect(borders([{ ...exact, atMs: wallMs(30) - 1 }], { ticks: 40 })).toEqual([0, 30])
  })

  test('whose time has passed comes now', () => {
    expect(borders([{ tick: 30, atMs: wallMs(10) }], { ticks: 40 })).toEqual([0, 30])
  })

  test('that is asked for before the first picture changes nothing', () => {
    expect(borders([{ tick: 0 }, { tick: 0, atMs: wallMs(0) - 60_000 }], { ticks: 60 })).toEqual([0, 50])
  })

  test('waits 200 ms after a border, and those that wait together become one', () => {
    expect(borders([{ tick: 30 }, { tick: 31 }, { tick: 33 }], { ticks: 60 })).toEqual([0, 30, 35])
  })

  test('just after a regular border moves that border, and is exact', () => {
    expect(borders([{ tick: 1, atMs: wallMs(52) }], { ticks: 60 })).toEqual([0, 47, 52])
  })

  test('keeps its place among many, in whatever order they were asked for', () => {
    const asks = [95, 30, 62, 30].map((tick) => ({ tick: 1, atMs: wallMs(tick) }))
    expect(borders(asks, { ticks: 100 })).toEqual([0, 30, 62, 95])
  })
})

describe('a storm of cuts', () => {
  const storm = Array.from({ length: 1500 }, (_, tick) => ({ tick }))

  test('costs ten segments at once and then one a second', () => {
    const found = borders(storm, { ticks: 1500 })
    expect(found.length).toBeLessThanOrEqual(1 + 10 + 1500 / FPS + 1)
    expect(found.slice(0, 4)).toEqual([0, 5, 10, 15])
  })

  test('is forgotten ten seconds after it', () => {
    const late = [700, 705, 710, 715].map((tick) => ({ tick }))
    const found = borders([...storm.slice(0, 300), ...late], { ticks: 720 })
    expect(found.slice(-4)).toEqual([700, 705, 710, 715])
  })
})

describe('any cuts', () => {
  const asks = fc.array(
    fc.record({ tick: fc.nat(400), aheadMs: fc.option(fc.integer({ min: -5_000, max: 20_000 }), { nil: undefined }) }),
    { maxLength: 60 },
  )
  const settings = fc.record({
    fps: fc.constantFrom(5, 24, 25, 30, 60),
    segmentSec: fc.double({ min: 0.5, max: 10, noNaN: true }),
  })

  test('that are a second apart are exact, wherever regular borders lie', () => {
    const gapsMs = fc.array(fc.integer({ min: 1000, max: 4000 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(gapsMs, settings, (gaps, { fps, segmentSec }) => {
        const timesMs = gaps.map((_, i) => wallMs(0) + gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0))
        const given = timesMs.map((atMs) => ({ tick: 0, atMs }))
        const found = borders(given, { ticks: 50 * fps, fps, segmentSec })
        for (const atMs of timesMs) {
          const exact = Array.from({ length: 50 * fps }, (_, tick) => tick).find((tick) => wallMs(tick, fps) >= atMs)
          expect(found).toContain(exact)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are never early, at most a second late, and make no segment too long or too short', () => {
    fc.assert(
      fc.property(asks, settings, (wishes, { fps, segmentSec }) => {
        const given = wishes.map(({ tick, aheadMs }) => ({
          tick,
          ...(aheadMs !== undefined && { atMs: wallMs(tick, fps) + aheadMs }),
        }))
        const ticks = 400 + 25 * fps
        const found = borders(given, { ticks, fps, segmentSec })
        for (const { tick, atMs } of given) {
          const served = found.find((border) => border >= tick && wallMs(border, fps) >= (atMs ?? 0)) ?? ticks
          const dueMs = Math.max(wallMs(tick, fps), atMs ?? 0)
          expect(wallMs(served, fps) - dueMs).toBeLessThanOrEqual(1000 + 1000 / fps)
        }
        const lengths = found.slice(1).map((border, i) => border - (found[i] ?? 0))
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(Math.round(segmentSec * fps))
        expect(Math.min(fps, ...lengths)).toBeGreaterThanOrEqual(
          Math.min(Math.ceil(fps / 5), Math.round(segmentSec * fps)),
        )
      }),
      { numRuns: 500 },
    )
  })
})
