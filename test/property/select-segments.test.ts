import fc from 'fast-check'
import { expect, test } from 'vitest'
import { segmentName } from '../../src/archive/keys.ts'
import type { ClipPlan } from '../../src/highlights/index.ts'
import { type ClipRange, selectSegments } from '../../src/highlights/plan.ts'
import type { Segment } from '../../src/playlist/index.ts'

const FPS = 25
const FRAME_MS = 1000 / FPS
const START = Date.UTC(2026, 10, 21, 9)
/** Playlists write times to the millisecond, and a plan has whole milliseconds. */
const ROUNDING_MS = 2

/** Takes of whole pictures; between segments there may be a hole, between takes a hole, an overlap or a step back. */
const recording: fc.Arbitrary<readonly Segment[]> = fc
  .array(
    fc.record({
      frames: fc.integer({ min: 1, max: 60 }),
      shiftMs: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -3000, max: 6000 })),
      gap: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((shapes) => {
    let take = 1
    let atMs = START
    return shapes.map(({ frames, shiftMs, gap }, seq): Segment => {
      if (shiftMs !== 0 && seq > 0) {
        take += 1
        atMs += shiftMs
      }
      const programDateTimeMs = atMs
      atMs += frames * FRAME_MS
      return {
        seq,
        take,
        uri: segmentName({ take, number: seq }),
        durationSec: frames / FPS,
        programDateTimeMs,
        discontinuity: seq > 0 && shiftMs !== 0,
        ...(gap && { gap }),
      }
    })
  })

const wish: fc.Arbitrary<ClipRange> = fc
  .record({
    segments: recording,
    at: fc.integer({ min: -5000, max: 60_000 }),
    preMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 })),
    postMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 })),
  })
  .map(({ segments, at, preMs, postMs }) => {
    const atMs = START + at
    return { segments, atMs, fromMs: atMs - preMs, toMs: atMs + postMs, frameSec: 1 / FPS }
  })

interface Picture {
  readonly uri: string
  readonly ms: number
}

/** Every picture that counts, by a slow and plain rule: one that no later segment's begin has passed. */
function picturesOf(segments: readonly Segment[]): readonly Picture[] {
  return segments.flatMap((segment, index) => {
    if (segment.gap === true) return []
    const later = segments.slice(index + 1).filter(({ gap }) => gap !== true)
    const endMs = Math.min(...later.map(({ programDateTimeMs }) => programDateTimeMs))
    const count = Math.round(segment.durationSec * FPS)
    return Array.from({ length: count }, (_, k) => ({
      uri: segment.uri,
      ms: segment.programDateTimeMs + k * FRAME_MS,
    })).filter(({ ms }) => ms < endMs - FRAME_MS / 2)
  })
}

/** What the clip function takes of a plan. */
function picturesIn(plan: ClipPlan, all: readonly Segment[]): readonly Picture[] {
  const byUri = new Map(all.map((segment) => [segment.uri, segment]))
  return plan.segments.flatMap(({ uri, startMs, endMs = Number.POSITIVE_INFINITY }) => {
    const count = Math.round((byUri.get(uri)?.durationSec ?? 0) * FPS)
    return Array.from({ length: count }, (_, k) => ({ uri, ms: startMs + k * FRAME_MS })).filter(
      ({ ms }) => ms >= plan.fromMs && ms < plan.toMs && ms < endMs - FRAME_MS / 2,
    )
  })
}

const text = ({ uri, ms }: Picture) => `${uri}@${ms - START}`
const property = (check: (given: ClipRange) => void) => fc.assert(fc.property(wish, check), { numRuns: 2000 })

test('a clip has every stored picture of its range, in order, none twice', () => {
  property((given) => {
    const plan = selectSegments(given)
    if (plan.kind === 'no-media') return
    const clip = picturesIn(plan, given.segments)
    expect(clip.length).toBeGreaterThan(0)
    const sure = picturesOf(given.segments).filter(
      ({ ms }) => ms >= given.fromMs + ROUNDING_MS && ms < given.toMs - ROUNDING_MS,
    )
    const had = new Set(clip.map(text))
    expect(sure.filter((picture) => !had.has(text(picture))).map(text)).toEqual([])
    for (const [index, { ms }] of clip.entries())
      expect(ms).toBeGreaterThan((clip[index - 1]?.ms ?? 0) + FRAME_MS / 2 - ROUNDING_MS)
  })
})

test('the picture of the moment, or the nearest one of its range, is in the clip', () => {
  property((given) => {
    const plan = selectSegments(given)
    if (plan.kind === 'no-media') return
    const clip = picturesIn(plan, given.segments)
    const missMs = (picture: Picture) => Math.max(picture.ms - given.atMs, given.atMs - (picture.ms + FRAME_MS), 0)
    const inReach = picturesOf(given.segments).filter(({ ms }) => ms < given.toMs && ms + FRAME_MS > given.fromMs)
    const best = Math.min(...inReach.map(missMs))
    if (inReach.length > 0) expect(Math.min(...clip.map(missMs))).toBeLessThanOrEqual(best + ROUNDING_MS)
  })
})

test('no media is said only where there is no picture, with a piece that is stored', () => {
  property((given) => {
    const plan = selectSegments(given)
    if (plan.kind !== 'no-media') return
    const pictures = picturesOf(given.segments)
    expect(pictures.filter(({ ms }) => ms < given.toMs && ms + FRAME_MS > given.fromMs).map(text)).toEqual([])
    const { nearest } = plan
    const named = pictures.filter(({ ms }) => nearest !== null && ms >= nearest.fromMs && ms < nearest.toMs)
    expect(named.length > 0).toBe(pictures.length > 0)
  })
})

test('the pictures and the gaps fill the range', () => {
  property((given) => {
    const plan = selectSegments(given)
    if (plan.kind === 'no-media') return
    const gapMs = plan.gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    const pictureMs = picturesIn(plan, given.segments).length * FRAME_MS
    const pieces = plan.segments.filter(({ endMs, discontinuity }) => discontinuity || endMs !== undefined).length + 1
    expect(Math.abs(plan.toMs - plan.fromMs - gapMs - pictureMs)).toBeLessThanOrEqual(FRAME_MS * (pieces + 1))
  })
})

test('what was cut off is said, and nothing else', () => {
  property((given) => {
    const plan = selectSegments(given)
    if (plan.kind === 'no-media') return
    expect(plan.clamped?.fromMs ?? given.fromMs).toBe(given.fromMs)
    expect(plan.clamped?.toMs ?? given.toMs).toBe(given.toMs)
    if (plan.clamped?.fromMs === undefined) expect(plan.fromMs).toBeLessThanOrEqual(given.fromMs + FRAME_MS)
    if (plan.clamped?.toMs === undefined) expect(plan.toMs).toBeGreaterThanOrEqual(given.toMs - FRAME_MS)
  })
})
