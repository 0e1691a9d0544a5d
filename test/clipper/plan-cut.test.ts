import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PlanSegment, planCut } from '../../src/clipper/plan-cut.ts'

const FPS = 25
const TICKS = 90_000 / FPS
const SETS = {
  sps: [Uint8Array.of(0x67, 66, 0, 31, 0xf4, 0x0a, 0x0f, 0xc8)],
  pps: [Uint8Array.of(0x68, 0xce, 0x3c, 0x80)],
}
const OTHER = { ...SETS, pps: [Uint8Array.of(0x68, 0xce, 0x38, 0x80)] }

interface Shape {
  readonly startMs: number
  readonly frames: number
  readonly take?: number
  readonly discontinuity?: boolean
  readonly firstPts?: number
  readonly group?: number
  readonly lost?: readonly number[]
  readonly sets?: typeof SETS
}

function segment({
  startMs,
  frames,
  take = 1,
  discontinuity = false,
  firstPts,
  group = 50,
  ...rest
}: Shape): PlanSegment {
  const { lost = [], sets = SETS } = rest
  const pts = firstPts ?? 45_000 + startMs * 90
  const numbers = Array.from({ length: frames }, (_, i) => i).filter((i) => !lost.includes(i))
  return {
    take,
    startMs,
    durationSec: frames / FPS,
    discontinuity,
    pictures: numbers.map((i) => ({
      pts: pts + i * TICKS,
      idr: i % group === 0,
      sets: i % group === 0 ? sets : undefined,
    })),
  }
}

const range = (fromMs: number, toMs: number) => ({ fromMs, toMs, fps: FPS })

describe('the plan of a clip', () => {
  it('copies everything when it begins on a key frame', () => {
    const plan = planCut(
      [segment({ startMs: 0, frames: 50 }), segment({ startMs: 2000, frames: 50 })],
      range(2000, 3000),
    )
    expect(plan.heads).toEqual([])
    expect(plan.pictures.map(({ segment, picture, frame }) => [segment, picture, frame])).toEqual(
      Array.from({ length: 25 }, (_, i) => [1, i, i]),
    )
    expect(plan.frames).toBe(25)
  })

  it('encodes from the asked picture to the next key frame, and copies the rest', () => {
    const plan = planCut([segment({ startMs: 0, frames: 50, group: 25 })], range(520, 2000))
    expect(plan.heads).toEqual([{ segment: 0, from: 0, first: 13, end: 25 }])
    expect(plan.pictures.filter(({ encoded }) => encoded)).toHaveLength(12)
    expect(plan.frames).toBe(37)
  })

  it('takes a picture whose time was rounded to the other side of the border', () => {
    const off = segment({ startMs: 134, frames: 50 })
    expect(planCut([off], range(134.4, 1134.4)).pictures).toHaveLength(25)
    expect(planCut([off], range(133.6, 1133.6)).pictures).toHaveLength(25)
  })

  it('keeps a hole of the recording on the time line', () => {
    const plan = planCut([segment({ startMs: 0, frames: 50, lost: [10, 11, 12] })], range(0, 2000))
    expect(plan.pictures.slice(8, 12).map(({ frame }) => frame)).toEqual([8, 9, 13, 14])
    expect(plan.frames).toBe(50)
  })

  it.each([
    ['another take', { take: 2 }],
    ['a discontinuity', { discontinuity: true }],
    ['timestamps that begin anew', { firstPts: 45_000 }],
    ['a segment that is missing between', { startMs: 4000 }],
  ])('joins the runs before and behind %s without a pause', (_, change) => {
    const second = segment({ startMs: 2000, frames: 50, ...change })
    const plan = planCut([segment({ startMs: 0, frames: 50 }), second], range(1000, 9000))
    expect(plan.runs.map(({ firstFrame, frames }) => [firstFrame, frames])).toEqual([
      [0, 25],
      [25, 50],
    ])
    expect(plan.pictures.map(({ frame }) => frame)).toEqual(Array.from({ length: 75 }, (_, i) => i))
  })

  it('encodes a run whose parameter sets have the ids of others', () => {
    const plan = planCut(
      [segment({ startMs: 0, frames: 50 }), segment({ startMs: 5000, frames: 25, take: 2, sets: OTHER })],
      range(0, 9000),
    )
    expect(plan.heads).toEqual([{ segment: 1, from: 0, first: 0, end: 25 }])
    expect(plan.sets.freeId()).toBe(1)
  })

  it('takes what two takes have of the same time from the later one', () => {
    const segments = [
      { ...segment({ startMs: 0, frames: 50 }), endMs: 1200 },
      segment({ startMs: 1200, frames: 50, take: 2 }),
    ]
    const plan = planCut(segments, range(0, 9000))
    expect(plan.runs.map(({ frames }) => frames)).toEqual([30, 50])
    expect(plan.pictures.every(({ atMs }, i) => i === 0 || atMs > (plan.pictures[i - 1]?.atMs ?? 0))).toBe(true)
  })

  it.each([
    [1179, 29],
    [1181, 30],
  ])('keeps a picture in front of a later take that begins at %i ms if half of it is left', (endMs, frames) => {
    const segments = [
      { ...segment({ startMs: 0, frames: 50 }), endMs },
      segment({ startMs: endMs, frames: 50, take: 2 }),
    ]
    expect(planCut(segments, range(0, 9000)).runs.map((run) => run.frames)).toEqual([frames, 50])
  })

  it('has nothing where nothing was recorded', () => {
    expect(planCut([segment({ startMs: 0, frames: 50 })], range(3000, 4000))).toMatchObject({
      pictures: [],
      frames: 0,
    })
  })

  it('has each picture of the range once, in order, and decodes no more than one group a run', () => {
    const shapes = fc.array(
      fc.record({
        frames: fc.integer({ min: 1, max: 80 }),
        gapMs: fc.constantFrom(0, 0, 0, 40, 3000),
        newTake: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: -500, max: 20_000 }),
        fc.integer({ min: 1, max: 12_000 }),
        (list, from, length) => {
          let [startMs, take] = [0, 1]
          const segments = list.map(({ frames, gapMs, newTake }) => {
            startMs += gapMs
            if (newTake) take += 1
            const made = segment({ startMs, frames, take, group: 20 })
            startMs += (frames * 1000) / FPS
            return made
          })
          const { pictures, runs, heads, frames } = planCut(segments, range(from, from + length))
          const expected = segments.flatMap((one, s) =>
            one.pictures.flatMap((_, p) => {
              const atMs = one.startMs + (p * 1000) / FPS
              return atMs + 0.5 >= from && atMs + 0.5 < from + length ? [`${s}/${p}`] : []
            }),
          )
          expect(pictures.map(({ segment: s, picture }) => `${s}/${picture}`)).toEqual(expected)
          expect(pictures.every(({ frame }, i) => i === 0 || frame > (pictures[i - 1]?.frame ?? 0))).toBe(true)
          expect(frames).toBe(runs.reduce((sum, run) => sum + run.frames, 0))
          expect(heads.length).toBeLessThanOrEqual(runs.length)
          expect(heads.every((head) => head.end - head.from <= 20)).toBe(true)
        },
      ),
    )
  })
})
