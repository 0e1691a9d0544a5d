import { describe, expect, test } from 'vitest'
import { LiveDrift } from '../../../recorder-page/sources/decode/live-drift.ts'
import { PlayClock } from '../../../recorder-page/sources/decode/play-clock.ts'

function manual() {
  const time = { ms: 1_700_000_000_000 }
  return { time, clock: new PlayClock(() => time.ms) }
}

describe('a play clock', () => {
  test('stands still until it runs, and again when it is stopped', () => {
    const { time, clock } = manual()
    clock.set(10)
    time.ms += 5000
    expect(clock.sec).toBe(10)
    clock.run()
    time.ms += 2000
    expect(clock.sec).toBe(12)
    clock.stop()
    time.ms += 2000
    expect(clock.sec).toBe(12)
  })

  test.each([0.75, 0.999, 1, 1.001, 1.25])('says when a time of the stream is played, at a rate of %d too', (rate) => {
    const { time, clock } = manual()
    clock.set(30_000)
    clock.run()
    time.ms += 3000
    clock.rate = rate
    expect(clock.sec).toBe(30_003)
    const atMs = clock.msAt(30_010)
    time.ms += 4000
    expect(clock.sec).toBeCloseTo(30_003 + 4 * rate, 6)
    expect(clock.msAt(30_010)).toBe(atMs)
    expect(clock.msAt(clock.sec)).toBeCloseTo(time.ms, 3)
  })

  test('is stopped at an earlier time that was all there was to play', () => {
    const { time, clock } = manual()
    clock.run()
    time.ms += 1000
    clock.stop(0.9)
    expect(clock.sec).toBe(0.9)
  })
})

const SEGMENT_MS = 2000
const HOUR_MS = 3_600_000

/** Plays a live stream for hours: its encoder is off by so many parts in a million, its network is late by up to 400 ms. */
function reserveAfter(hours: number, ppm: number): number {
  const drift = new LiveDrift()
  let playedMs = 0
  let reserveMs = 0
  for (let nowMs = 0, segment = 0; nowMs < hours * HOUR_MS; nowMs += SEGMENT_MS, segment += 1) {
    const lateMs = segment % 7 === 0 ? 0 : (segment * 137) % 400
    const edgeMs = 6000 + nowMs * (1 + ppm / 1e6)
    reserveMs = edgeMs - playedMs
    drift.add(reserveMs - lateMs, SEGMENT_MS, nowMs)
    playedMs += SEGMENT_MS * drift.rate
  }
  return reserveMs
}

describe('the reserve of a live stream', () => {
  test.each([300, 50, 0, -50, -300])('stays what it was with an encoder whose clock is off by %d ppm', (ppm) => {
    expect(Math.abs(reserveAfter(12, ppm) - 6000)).toBeLessThan(0.8 * SEGMENT_MS)
  })

  test('changes the rate of no stream whose clock is right', () => {
    const drift = new LiveDrift()
    for (let i = 0; i < 1000; i += 1) {
      drift.add(6000 - ((i * 37) % 400), SEGMENT_MS, i * 1000)
      expect(drift.rate).toBe(1)
    }
  })
})
