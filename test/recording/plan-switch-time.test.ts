import { expect, it } from 'vitest'
import { planSwitchTime } from '../../src/recording/index.ts'

const EPOCH_MS = 1_795_000_000_123.25

it.each([24, 25, 30, 50, 60])('at %d pictures a second a border is one of the sound too', (fps) => {
  for (const afterMs of [0.5, 1000, 123_456.7]) {
    const atMs = planSwitchTime({ takeEpochMs: EPOCH_MS, fps }, EPOCH_MS + afterMs)
    const pictures = ((atMs - EPOCH_MS) * fps) / 1000
    const frames = ((atMs - EPOCH_MS) * 48) / 1024
    expect(pictures).toBeCloseTo(Math.round(pictures), 3)
    expect(frames).toBeCloseTo(Math.round(frames), 3)
    expect(atMs).toBeGreaterThanOrEqual(EPOCH_MS + afterMs)
    expect(atMs).toBeLessThanOrEqual(EPOCH_MS + afterMs + (64_000 + 1000) / fps)
  }
})

it('a rate that never meets the sound hands over where it comes nearest', () => {
  const atMs = planSwitchTime({ takeEpochMs: 0, fps: 29 }, 5000)
  expect((atMs * 29) / 1000).toBeCloseTo(Math.round((atMs * 29) / 1000), 6)
  expect(atMs).toBeLessThan(5000 + 65_000 / 29)
})
