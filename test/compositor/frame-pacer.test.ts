import { describe, expect, it } from 'vitest'
import { FramePacer } from '../../recorder-page/compositor/frame-pacer.ts'

const TICK_MS = 40
/** Chrome shows frames on its 60 Hz grid. */
const REFRESH_MS = 1000 / 60

interface Source {
  readonly periodMs: number
  /** Of the first frame, against the ticks. */
  readonly phaseMs: number
  readonly seconds: number
  /** How much later than its sound is played a frame is shown. */
  readonly behindSoundMs?: number
  /** What the source itself says. */
  readonly soundLagMs?: number
  /** How much later than shown a frame reaches the pacer; those after it wait for it. */
  readonly latenessMs?: (index: number) => number
}

class Picture {
  closed = 0
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
  close(): void {
    this.closed += 1
  }
}

function record({ periodMs, phaseMs, seconds, behindSoundMs, soundLagMs, latenessMs = () => 2 }: Source) {
  const pacer = new FramePacer<Picture>(TICK_MS)
  const pictures: Picture[] = []
  const shown: number[] = []
  let atMs = 0
  const arrivals = Array.from({ length: Math.floor((seconds * 1000) / periodMs) }, (_, index) => {
    const presentMs = Math.ceil((phaseMs + index * periodMs) / REFRESH_MS) * REFRESH_MS
    atMs = Math.max(atMs, presentMs + latenessMs(index))
    return { index, presentMs, atMs }
  })
  for (let tickMs = 200; tickMs < seconds * 1000; tickMs += TICK_MS) {
    while (arrivals[0] !== undefined && arrivals[0].atMs <= tickMs) {
      const { index, presentMs } = arrivals.shift() ?? { index: 0, presentMs: 0 }
      const picture = new Picture(index)
      pictures.push(picture)
      const soundMs = behindSoundMs === undefined ? undefined : phaseMs + index * periodMs - behindSoundMs
      pacer.push(picture, { mediaMs: index * periodMs, presentMs, soundMs, soundLagMs })
    }
    const picture = pacer.frameAt(tickMs)
    if (picture !== undefined) shown.push(picture.index)
  }
  return { pacer, pictures, shown }
}

function steps(shown: readonly number[], fromTick: number): number[] {
  return shown.slice(fromTick).map((index, i, all) => index - (all[i - 1] ?? index - 1))
}

describe('a source at the rate of the recording', () => {
  const SETTLED = 50
  for (const phaseMs of [0, 5, 10, 15, 20, 25, 30, 35, 39.9]) {
    it(`has every frame shown once, with its frames ${phaseMs} ms after the tick`, () => {
      const { shown } = record({ periodMs: 40, phaseMs, seconds: 20, latenessMs: (i) => (i * 7919) % 13 })
      expect(steps(shown, SETTLED).every((step) => step === 1)).toBe(true)
    })
  }

  it('slips by one frame, and no more, each time a drifting clock has gained a frame', () => {
    const { shown } = record({ periodMs: 40.02, phaseMs: 3, seconds: 240 })
    const uneven = steps(shown, SETTLED).filter((step) => step !== 1)
    expect(uneven.every((step) => step === 0)).toBe(true)
    expect(uneven.length).toBeGreaterThanOrEqual(2)
    expect(uneven.length).toBeLessThanOrEqual(4)
  })

  it('loses nothing to one frame that comes 90 ms late: it looks further back from then on', () => {
    const { shown } = record({ periodMs: 40, phaseMs: 12, seconds: 20, latenessMs: (i) => (i === 200 ? 90 : 2) })
    const uneven = steps(shown, SETTLED).filter((step) => step !== 1)
    expect(uneven.filter((step) => step > 1)).toEqual([])
  })

  it('tells by how much the picture is delayed', () => {
    const { pacer, shown } = record({ periodMs: 40, phaseMs: 9, seconds: 20 })
    const lastTickMs = 20_000 - TICK_MS
    const newest = shown.at(-1) ?? 0
    const presentedMs = 9 + newest * 40 + REFRESH_MS / 2
    expect(Math.abs(lastTickMs - presentedMs - pacer.delayMs)).toBeLessThan(6)
    expect(pacer.soundDelayMs).toBe(pacer.delayMs)
  })

  it('has its sound wait longer where it is shown behind its sound', () => {
    const { pacer, shown } = record({ periodMs: 40, phaseMs: 9, seconds: 20, behindSoundMs: 25 })
    const playedMs = 9 - 25 + (shown.at(-1) ?? 0) * 40
    expect(Math.abs(20_000 - TICK_MS - playedMs - pacer.soundDelayMs)).toBeLessThan(3)
  })

  it('has its sound wait less where that is played late already, as the source says', () => {
    const { pacer } = record({ periodMs: 40, phaseMs: 9, seconds: 20, soundLagMs: 45 })
    expect(pacer.soundDelayMs).toBe(pacer.delayMs - 45)
  })

  it('waits for sound that is later than its own delay, as far as it may, and shows no frame less', () => {
    const { pacer, shown } = record({ periodMs: 40, phaseMs: 9, seconds: 20, soundLagMs: 170 })
    expect(pacer.soundDelayMs).toBeGreaterThanOrEqual(0)
    expect(pacer.soundDelayMs).toBeLessThan(60)
    expect(steps(shown, 10).filter((step) => step > 1)).toEqual([])
    expect(record({ periodMs: 40, phaseMs: 9, seconds: 20, soundLagMs: 2000 }).pacer.delayMs).toBeLessThan(320)
  })
})

describe('a source at another rate', () => {
  it('is thinned out evenly from 50 to 25 fps', () => {
    const { shown } = record({ periodMs: 20, phaseMs: 4, seconds: 10 })
    expect(steps(shown, 50).every((step) => step >= 1 && step <= 3)).toBe(true)
  })

  it('is repeated from 12.5 to 25 fps, and never runs backwards', () => {
    const { shown } = record({ periodMs: 80, phaseMs: 4, seconds: 10 })
    expect(steps(shown, 50).every((step) => step === 0 || step === 1)).toBe(true)
    expect(new Set(shown).size).toBeGreaterThan(110)
  })
})

describe('the life of frames', () => {
  it('goes on, with the delay that it had, where the media time jumps forward', () => {
    const JUMP_MS = 30_000_000
    const [JUMP_AT, AHEAD_MS, FRAMES] = [50, 190, 200]
    const pacer = new FramePacer<Picture>(TICK_MS)
    const shown: number[] = []
    for (let index = 0; index < FRAMES; index += 1) {
      const mediaMs = index * TICK_MS + (index < JUMP_AT ? 0 : JUMP_MS)
      pacer.push(new Picture(index), {
        mediaMs,
        presentMs: index * TICK_MS + AHEAD_MS,
        soundMs: undefined,
        soundLagMs: 0,
      })
      const picture = pacer.frameAt(index * TICK_MS + 13)
      if (picture !== undefined) shown.push(picture.index)
    }
    expect(shown.at(-1)).toBeGreaterThan(FRAMES - 10)
    expect(pacer.delayMs).toBeLessThan(2 * TICK_MS + AHEAD_MS)
  })

  it('closes every frame exactly once', () => {
    const { pacer, pictures } = record({ periodMs: 33.3, phaseMs: 4, seconds: 10 })
    pacer.clear()
    expect(pictures.filter(({ closed }) => closed !== 1)).toEqual([])
  })

  it('goes on after the source began anew at time zero', () => {
    const pacer = new FramePacer<Picture>(TICK_MS)
    const shown: number[] = []
    for (let index = 0; index < 300; index += 1) {
      const atMs = index * 40
      pacer.push(new Picture(index), {
        mediaMs: (index % 100) * 40,
        presentMs: atMs,
        soundMs: undefined,
        soundLagMs: undefined,
      })
      const picture = pacer.frameAt(atMs + 20)
      if (picture !== undefined) shown.push(picture.index)
    }
    expect(shown.at(-1)).toBeGreaterThan(294)
    expect(new Set(shown).size).toBeGreaterThan(285)
  })

  it('shows the first frame as soon as it is there', () => {
    const pacer = new FramePacer<Picture>(TICK_MS)
    expect(pacer.frameAt(1000)).toBeUndefined()
    pacer.push(new Picture(7), { mediaMs: 280, presentMs: 1010, soundMs: undefined, soundLagMs: undefined })
    expect(pacer.frameAt(1012)?.index).toBe(7)
  })
})
