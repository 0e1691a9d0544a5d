import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Tick, TickClock } from '../../recorder-page/compositor/tick-clock.ts'

describe('the tick clock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('ticks on its grid, whatever a tick takes', () => {
    const ticks: Tick[] = []
    using _clock = new TickClock({
      fps: 25,
      startMs: Date.now(),
      now: Date.now,
      onTick: (tick) => {
        ticks.push(tick)
        vi.setSystemTime(Date.now() + (tick.index % 3) * 17)
      },
    })
    vi.advanceTimersByTime(2000)
    expect(ticks.length).toBeGreaterThan(20)
    expect(ticks.every(({ index }, i) => index === i)).toBe(true)
  })

  it('leaves out ticks that are hopelessly late, counts them, and stays on the grid', () => {
    const startMs = Date.now()
    const ticks: Tick[] = []
    using clock = new TickClock({ fps: 25, startMs, now: Date.now, onTick: (tick) => ticks.push(tick) })
    vi.advanceTimersByTime(400)
    vi.setSystemTime(Date.now() + 5000)
    vi.advanceTimersByTime(200)
    expect(clock.missed).toBeGreaterThanOrEqual(120)
    expect(ticks.every(({ index, atMs }) => atMs === startMs + index * 40)).toBe(true)
    expect((ticks.at(-1)?.index ?? 0) + 1).toBe(ticks.length + clock.missed)
  })

  it('is silent once disposed', () => {
    let ticks = 0
    const clock = new TickClock({ fps: 25, startMs: Date.now(), now: Date.now, onTick: () => (ticks += 1) })
    clock[Symbol.dispose]()
    vi.advanceTimersByTime(1000)
    expect(ticks).toBe(0)
  })
})
