import { describe, expect, it } from 'vitest'
import { nearest } from '../../recorder-page/handover/nearest.ts'
import { planSteer } from '../../recorder-page/handover/plan-steer.ts'
import { PlayWatch } from '../../recorder-page/handover/play-watch.ts'

const FRAME_MS = 40

/** Frames of a player that shows media time zero at `offsetMs`; the stream's own time at media time zero is `originMs`. */
function play(
  watch: PlayWatch,
  { offsetMs = 1000, originMs = 5_000_000, fromMs = 0, frames = 20, periodMs = 1e9 } = {},
): void {
  for (let i = 0; i < frames; i += 1) {
    const mediaMs = fromMs + i * FRAME_MS
    const jitterMs = ((i * 7) % 17) - 8
    const times = { mediaMs, presentMs: mediaMs + offsetMs + jitterMs, soundMs: undefined, rtpTimestamp: undefined }
    watch.onFrame(times, { ms: (mediaMs + originMs) % periodMs, periodMs })
  }
}

describe('where a player is', () => {
  it('is not known before a frame of known position', () => {
    const watch = new PlayWatch()
    expect(watch.played).toBeUndefined()
    watch.onFrame({ mediaMs: 0, presentMs: 5, soundMs: undefined, rtpTimestamp: undefined }, undefined)
    expect(watch.played).toBeUndefined()
  })

  it('is told by the mean of its frames', () => {
    const watch = new PlayWatch()
    play(watch)
    expect(watch.played?.offsetMs).toBeCloseTo(1000, -1)
    expect(watch.played?.originMs).toBe(5_000_000)
    expect(watch.played?.readings).toBe(20)
  })

  it('is learnt anew after the player or its stream has jumped', () => {
    const watch = new PlayWatch()
    play(watch)
    play(watch, { offsetMs: 2000, fromMs: 800, frames: 5 })
    expect(watch.played).toMatchObject({ readings: 5 })
    play(watch, { offsetMs: 2000, originMs: 0, fromMs: 1000, frames: 3 })
    expect(watch.played).toMatchObject({ readings: 3, originMs: 0 })
  })

  it('goes on where the time of the stream begins anew', () => {
    const watch = new PlayWatch()
    play(watch, { originMs: 99_800, periodMs: 100_000 })
    expect(watch.played).toMatchObject({ readings: 20, originMs: expect.closeTo(-200) })
  })
})

describe('a period', () => {
  it.each([
    [1400, 0, 1000, 400],
    [1600, 0, 1000, -400],
    [-2300, 100, 1000, -300],
    [1500, 0, null, 1500],
  ])('brings %d next to %d with a period of %s', (ms, to, periodMs, expected) => {
    expect(nearest(ms, to, periodMs)).toBe(expected)
  })
})

describe('steering', () => {
  it('leaves a player alone that is ahead of its recording by what a pacer needs', () => {
    for (const lookBackMs of [90, 120, 190, 290]) expect(planSteer(lookBackMs, 0)).toEqual({ kind: 'good' })
  })

  it('has one that is a little off go slower or faster', () => {
    expect(planSteer(490, 0)).toEqual({ kind: 'rate', rate: 0.75, forMs: 1200 })
    expect(planSteer(-60, 0)).toEqual({ kind: 'rate', rate: 1.25, forMs: 1000 })
  })

  it('moves one that is far off', () => {
    expect(planSteer(5190, 0)).toEqual({ kind: 'seek', byMs: -5000 })
    expect(planSteer(-4810, 0)).toEqual({ kind: 'seek', byMs: 5000 })
  })

  it('has one go slower or faster for longer that was moved twice in vain', () => {
    expect(planSteer(1690, 1)).toEqual({ kind: 'seek', byMs: -1500 })
    expect(planSteer(1690, 2)).toEqual({ kind: 'rate', rate: 0.75, forMs: 6000 })
    expect(planSteer(2690, 2)).toEqual({ kind: 'seek', byMs: -2500 })
  })
})
