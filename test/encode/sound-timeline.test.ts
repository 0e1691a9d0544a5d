import { describe, expect, it } from 'vitest'
import { SoundTimeline } from '../../recorder-page/encode/sound-timeline.ts'

const RATE = 48000
const BLOCK = 1024
const START_MS = 1_000_000
/** The context ran for ten seconds when the take began. */
const CONTEXT_AT_START_SEC = 10

function openTimeline(lostMs = 0): SoundTimeline {
  const timeline = new SoundTimeline(RATE, START_MS)
  addReadings(timeline, lostMs)
  return timeline
}

function addReadings(timeline: SoundTimeline, lostMs: number): void {
  for (let i = 0; i < 7; i += 1) {
    const jitterMs = ((i * 7) % 5) - 2
    timeline.addReading({ contextSec: CONTEXT_AT_START_SEC, atMs: START_MS + lostMs + jitterMs })
  }
}

const frameAt = (mediaSec: number) => Math.round((CONTEXT_AT_START_SEC + mediaSec) * RATE)

describe('the sound time line', () => {
  it('fills up to the first block with silence', () => {
    const timeline = openTimeline()
    expect(timeline.place(frameAt(0.05), BLOCK)).toEqual({ silence: 2400, skip: 0, stretch: 0 })
    expect(timeline.written).toBe(2400 + BLOCK)
  })

  it('leaves out what lies before media time zero', () => {
    const timeline = openTimeline()
    expect(timeline.place(frameAt(-0.01), BLOCK)).toEqual({ silence: 0, skip: 480, stretch: 0 })
  })

  it('keeps unbroken blocks unbroken', () => {
    const timeline = openTimeline()
    timeline.place(frameAt(0), BLOCK)
    for (let i = 1; i < 500; i += 1) {
      expect(timeline.place(frameAt(0) + i * BLOCK, BLOCK)).toEqual({ silence: 0, skip: 0, stretch: 0 })
    }
  })

  it('puts in silence for what the audio clock lost, once', () => {
    const timeline = openTimeline()
    timeline.place(frameAt(0), BLOCK)
    addReadings(timeline, 50)
    expect(timeline.place(frameAt(0) + BLOCK, BLOCK)).toEqual({ silence: 2400, skip: 0, stretch: 0 })
    expect(timeline.place(frameAt(0) + 2 * BLOCK, BLOCK)).toEqual({ silence: 0, skip: 0, stretch: 0 })
  })

  it('leaves out what the audio clock gained', () => {
    const timeline = openTimeline()
    timeline.place(frameAt(0), BLOCK)
    addReadings(timeline, -35)
    expect(timeline.place(frameAt(0) + BLOCK, BLOCK)).toEqual({ silence: 0, skip: BLOCK, stretch: 0 })
  })

  it.each([20, -20])('makes up for %d ms without a gap, by two frames a block, until it is in step', (lostMs) => {
    const timeline = openTimeline()
    timeline.place(frameAt(0), BLOCK)
    addReadings(timeline, lostMs)
    const placements = Array.from({ length: 600 }, (_, i) => timeline.place(frameAt(0) + (i + 1) * BLOCK, BLOCK))
    const stretches = placements.map(({ stretch }) => stretch * Math.sign(lostMs))
    expect(stretches[0]).toBe(2)
    expect(stretches.at(-1)).toBe(0)
    expect(stretches).toEqual(stretches.toSorted((a, b) => b - a))
    expect(placements.every(({ silence, skip }) => silence === 0 && skip === 0)).toBe(true)
    const left = lostMs * (RATE / 1000) - placements.reduce((sum, { stretch }) => sum + stretch, 0)
    expect(Math.abs(left)).toBeLessThanOrEqual(3 * (RATE / 1000))
  })

  it('fills with silence when the mix does not come, and takes it back up in step', () => {
    const timeline = openTimeline()
    timeline.place(frameAt(0), BLOCK)
    expect(timeline.fill(1000)).toBe(RATE - BLOCK)
    expect(timeline.fill(900)).toBe(0)
    expect(timeline.place(frameAt(1), BLOCK)).toEqual({ silence: 0, skip: 0, stretch: 0 })
  })
})
