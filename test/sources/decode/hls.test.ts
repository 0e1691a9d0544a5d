import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DecodedSource } from '../../../recorder-page/sources/decode/decoded-source.ts'
import type { SourceState } from '../../../src/protocol/sources.ts'
import { FPS, LiveStream } from './stand-in/live-stream.ts'
import { broken, type Decoded, standInForChrome, swallowed } from './stand-in/platform.ts'

/** As the worker does. */
const TICK_MS = 25
/** As seldom as a long time needs. */
const SELDOM_TICK_MS = 100
const SECOND_MS = 1000
/** A clock that is off by 900 ppm is off by 0.72 s then, which is more than a segment. */
const LONG_SEC = 800
const KEPT_SEC = 0.5
const AAC_SEC = 1024 / 48000
/** Sound and picture of one stream keep their distance. */
const IN_STEP_SEC = 0.001
/** Where a player begins is estimated. */
const START_FRAMES = 6
/** A seam between two encoders: frames of sound and picture do not end together. */
const SEAM_SEC = 0.05

interface Shown {
  readonly atMs: number
  readonly number: number
  readonly codec: string
  readonly mediaSec: number
  readonly lateMs: number
}

let stream: LiveStream
beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  standInForChrome(() => stream)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  broken.number = undefined
  swallowed.number = undefined
})

const nowMs = (): number => performance.timeOrigin + performance.now()

class Watched implements AsyncDisposable {
  readonly source: DecodedSource
  readonly states: SourceState[] = []
  readonly pictures: Shown[] = []
  readonly sounds: Shown[] = []
  readonly #timer: ReturnType<typeof setInterval>

  constructor({ tickMs = TICK_MS }: { readonly tickMs?: number } = {}) {
    this.source = new DecodedSource({
      spec: { id: 'a', type: 'hls', url: stream.url },
      nowMs,
      listener: {
        onState: (state) => this.states.push(state),
        onLog: () => undefined,
        onEmptied: () => undefined,
        onUnsupported: (codec) => expect.fail(`${codec} is supported`),
        onFrame: (frame, { mediaMs, presentMs }) => {
          const { number, codec } = frame as unknown as Decoded
          this.pictures.push({ atMs: nowMs(), number, codec, mediaSec: mediaMs / 1000, lateMs: nowMs() - presentMs })
        },
        onSound: (sound, mediaSec) => {
          const { number, codec } = sound as unknown as Decoded
          this.sounds.push({ atMs: nowMs(), number, codec, mediaSec, lateMs: 0 })
        },
      },
    })
    this.#timer = setInterval(() => this.source.tick(), tickMs)
  }

  get numbers(): number[] {
    return this.pictures.map(({ number }) => number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.source[Symbol.asyncDispose]()
  }
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * SECOND_MS)
}

const run = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

/** By how much sound is off its picture, at most, seconds; both carry their number. */
function apartSec({ pictures, sounds }: Pick<Watched, 'pictures' | 'sounds'>, soundLateSec = 0): number {
  const zeros = pictures.map(({ number, mediaSec }) => mediaSec - number / FPS + soundLateSec)
  const soundZeros = sounds.map(({ number, mediaSec }) => mediaSec - number * AAC_SEC)
  return Math.max(...zeros.map((zero) => Math.min(...soundZeros.map((sound) => Math.abs(sound - zero)))))
}

/** What came in the last seconds. */
function latest({ pictures, sounds }: Watched, seconds: number): Pick<Watched, 'pictures' | 'sounds'> {
  const since = ({ atMs }: Shown): boolean => atMs > nowMs() - seconds * SECOND_MS
  return { pictures: pictures.filter(since), sounds: sounds.filter(since) }
}

describe('hls.js with a buffer of ours', () => {
  test('plays a live stream three segments behind its end: every frame once, a fifth of a second ahead', async () => {
    stream = new LiveStream()
    await using watched = new Watched()
    await pass(30)
    const [first = 0] = watched.numbers
    expect(Math.abs(first - 3 * FPS)).toBeLessThan(START_FRAMES)
    expect(watched.numbers).toEqual(run(first, watched.numbers.length))
    expect(watched.numbers.length).toBeGreaterThan(29 * FPS)
    expect(Math.max(...watched.pictures.slice(FPS).map(({ lateMs }) => lateMs))).toBeLessThan(-150)
    expect(apartSec(watched)).toBeLessThan(IN_STEP_SEC)
    expect(watched.states).toEqual(['live'])
  })

  test('plays a stream on demand to its end', async () => {
    stream = new LiveStream({ segments: 8 })
    await using watched = new Watched()
    await pass(10)
    expect(watched.numbers).toEqual(run(0, 8 * FPS))
    expect(watched.states).toEqual(['live', 'ended'])
  })

  test.each([undefined, 8])('plays fragments of MP4 with sound and picture in one', async (segments) => {
    stream = new LiveStream({ isFmp4: true, ...(segments === undefined ? {} : { segments }) })
    await using watched = new Watched()
    await pass(12)
    const [first = 0] = watched.numbers
    expect(watched.numbers).toEqual(run(first, watched.numbers.length))
    expect(watched.numbers.length).toBeGreaterThanOrEqual(8 * FPS)
    expect(apartSec(watched)).toBeLessThan(IN_STEP_SEC)
    expect(watched.states).toEqual(segments === undefined ? ['live'] : ['live', 'ended'])
  })

  test('plays sound without a picture, and says that it is live', async () => {
    stream = new LiveStream({ kinds: ['audio'] })
    await using watched = new Watched()
    await pass(20)
    const sounds = watched.sounds.map(({ number }) => number)
    expect(sounds).toEqual(run(sounds[0] ?? 0, sounds.length))
    expect(sounds.length * AAC_SEC).toBeGreaterThan(19)
    expect(watched.states).toEqual(['live'])
  })

  test('plays a picture without sound', async () => {
    stream = new LiveStream({ kinds: ['video'] })
    await using watched = new Watched()
    await pass(20)
    expect(watched.numbers).toEqual(run(watched.numbers[0] ?? 0, watched.numbers.length))
    expect(watched.states).toEqual(['live'])
  })

  test.each([undefined, 6])('plays pictures that come once a second, and all of the sound', async (segments) => {
    stream = new LiveStream({ oneOf: FPS, segmentSec: 2, ...(segments === undefined ? {} : { segments }) })
    await using watched = new Watched()
    await pass(14)
    const numbers = watched.numbers.map((number) => number / FPS)
    expect(numbers).toEqual(run(numbers[0] ?? 0, numbers.length))
    expect(numbers.length).toBeGreaterThanOrEqual(12)
    const sounds = watched.sounds.map(({ number }) => number)
    expect(sounds).toEqual(run(sounds[0] ?? 0, sounds.length))
    expect(sounds.length * AAC_SEC).toBeGreaterThan(11.9)
    expect(apartSec(watched)).toBeLessThan(IN_STEP_SEC)
    expect(watched.states).toEqual(segments === undefined ? ['live'] : ['live', 'ended'])
  })

  test('plays over the end of the time stamps of MPEG-TS', async () => {
    stream = new LiveStream({ ptsSec: 2 ** 33 / 90_000 - 10 })
    await using watched = new Watched()
    await pass(20)
    const [first = 0] = watched.numbers
    expect(watched.numbers).toEqual(run(first, watched.numbers.length))
    expect(watched.numbers.at(-1)).toBeGreaterThan(20 * FPS)
    expect(apartSec(watched)).toBeLessThan(IN_STEP_SEC)
  })

  test('is stalled while the server refuses, and live within three seconds after that', async () => {
    stream = new LiveStream()
    await using watched = new Watched()
    await pass(10)
    stream.isRefused = true
    await pass(10)
    expect(watched.states).toEqual(['live', 'stalled'])
    stream.isRefused = false
    await pass(3)
    expect(watched.states).toEqual(['live', 'stalled', 'live'])
    await pass(10)
    const numbers = latest(watched, 10).pictures.map(({ number }) => number)
    expect(numbers).toEqual(run(numbers[0] ?? 0, 10 * FPS))
    expect(watched.numbers).toEqual(watched.numbers.toSorted((a, b) => a - b))
    expect(apartSec(latest(watched, 5))).toBeLessThan(IN_STEP_SEC)
  })

  test.each([
    ['that the playlist tells', { isTold: true, countsAnew: false }],
    ['of which nobody says a word', { isTold: false, countsAnew: false }],
  ])('loses no frame where an encoder begins anew %s', async (_name, kind) => {
    stream = new LiveStream({ ptsSec: 5000, restart: { atSegment: 14, ptsSec: 0, ...kind } })
    await using watched = new Watched()
    await pass(25)
    const [first = 0] = watched.numbers
    expect(watched.numbers).toEqual(run(first, watched.numbers.length))
    expect(watched.numbers.at(-1)).toBeGreaterThan(25 * FPS)
    const steps = watched.pictures.map(
      ({ mediaSec }, i, all) => mediaSec - (all[i - 1]?.mediaSec ?? mediaSec - 1 / FPS),
    )
    expect(Math.max(...steps)).toBeLessThan(1 / FPS + SEAM_SEC)
    expect(apartSec(latest(watched, 5))).toBeLessThan(IN_STEP_SEC)
    expect(watched.states).toEqual(['live'])
  })

  const LATE_SEC = [0, 0.6, -0.6, 1.5]
  test.each([false, true].flatMap((hasOwnSound) => LATE_SEC.map((soundLateSec) => ({ hasOwnSound, soundLateSec }))))(
    'keeps sound as late as it was encoded, before and after an encoder begins anew: $soundLateSec s, in a playlist of its own: $hasOwnSound',
    async ({ hasOwnSound, soundLateSec }) => {
      const restart = { atSegment: 14, ptsSec: 10, isTold: hasOwnSound, countsAnew: false }
      // With two playlists hls.js loses its place where nobody says a word.
      stream = new LiveStream({ ptsSec: 5000, restart, hasOwnSound, soundLateSec })
      await using watched = new Watched()
      await pass(5)
      expect(watched.pictures.length).toBeGreaterThan(4 * FPS)
      expect(apartSec(latest(watched, 2), soundLateSec)).toBeLessThan(IN_STEP_SEC)
      await pass(20)
      expect(apartSec(latest(watched, 5), soundLateSec)).toBeLessThan(IN_STEP_SEC)
      expect(latest(watched, 5).pictures.length).toBe(5 * FPS)
      expect(watched.states).toEqual(['live'])
    },
  )

  test('goes on where an encoder counts from zero again', async () => {
    stream = new LiveStream({ restart: { atSegment: 14, ptsSec: 0, isTold: false, countsAnew: true } })
    await using watched = new Watched()
    await pass(30)
    expect(watched.numbers.at(-1)).toBeGreaterThan(29 * FPS)
    expect(watched.numbers).toEqual(watched.numbers.toSorted((a, b) => a - b))
    expect(apartSec(latest(watched, 5))).toBeLessThan(IN_STEP_SEC)
  })

  test('keeps its distance from an encoder whose clock is slow by 900 ppm', async () => {
    stream = new LiveStream({ ppm: -900, segmentSec: 0.4, window: 12, kinds: ['video'] })
    await using watched = new Watched({ tickMs: SELDOM_TICK_MS })
    await pass(30)
    const before = watched.numbers.at(-1) ?? 0
    await pass(LONG_SEC)
    const encoded = LONG_SEC * FPS * (1 - 900e-6)
    expect(Math.abs((watched.numbers.at(-1) ?? 0) - before - encoded)).toBeLessThan(KEPT_SEC * FPS)
    expect(watched.numbers).toEqual(run(watched.numbers[0] ?? 0, watched.numbers.length))
    expect(watched.states).toEqual(['live'])
  })

  test('decodes key frames of a hidden picture, all of its sound, and everything as soon as it is seen', async () => {
    stream = new LiveStream({ segmentSec: 2 })
    await using watched = new Watched()
    await pass(5)
    watched.source.setTileSize(undefined)
    await pass(0.5)
    const before = watched.sounds.at(-1)?.number ?? 0
    await pass(20)
    const hidden = latest(watched, 20)
    expect(hidden.pictures.map(({ number }) => number % (2 * FPS))).toEqual(Array.from({ length: 10 }, () => 0))
    expect(hidden.sounds.map(({ number }) => number)).toEqual(run(before + 1, hidden.sounds.length))
    expect(hidden.sounds.length * AAC_SEC).toBeCloseTo(20, 0)
    watched.source.setTileSize({ width: 320, height: 180 })
    await pass(0.1)
    const seen = latest(watched, 0.1).pictures
    expect(seen[0]?.lateMs).toBeGreaterThanOrEqual(0)
    expect(seen.map(({ number }) => number)).toEqual(run(seen[0]?.number ?? 0, seen.length))
    expect(seen.length).toBeGreaterThan(4)
    await pass(5)
    expect(latest(watched, 5).pictures.length).toBe(5 * FPS)
    expect(watched.states).toEqual(['live'])
  })

  test('changes its level with its tile, every frame once', async () => {
    stream = new LiveStream({ hasLevels: true })
    await using watched = new Watched()
    watched.source.setTileSize({ width: 300, height: 170 })
    await pass(10)
    watched.source.setTileSize({ width: 600, height: 340 })
    await pass(15)
    watched.source.setTileSize({ width: 300, height: 170 })
    await pass(15)
    const codecs = watched.pictures.map(({ codec }) => codec).filter((codec, i, all) => codec !== all[i - 1])
    expect(codecs).toEqual(['avc1.42c00c', 'avc1.42c01e', 'avc1.42c00c'])
    expect(watched.numbers).toEqual(run(watched.numbers[0] ?? 0, watched.numbers.length))
    const sounds = watched.sounds.map(({ number }) => number)
    expect(sounds).toEqual(run(sounds[0] ?? 0, sounds.length))
    expect(apartSec(watched)).toBeLessThan(IN_STEP_SEC)
    expect(watched.states).toEqual(['live'])
  })

  test('goes on with the next key frame behind a picture that cannot be decoded', async () => {
    stream = new LiveStream({ kinds: ['video'] })
    broken.number = 10 * FPS + 7
    await using watched = new Watched()
    await pass(20)
    const [first = 0] = watched.numbers
    const last = watched.numbers.at(-1) ?? 0
    const expected = run(first, last - first + 1).filter((number) => number < 10 * FPS + 7 || number >= 11 * FPS)
    expect(watched.numbers).toEqual(expected)
    expect(watched.states).toEqual(['live'])
  })

  test('has its sound in step again half a second after a frame of which nothing came', async () => {
    stream = new LiveStream({ kinds: ['audio'] })
    swallowed.number = 10 * 50
    await using watched = new Watched()
    await pass(20)
    const offSec = watched.sounds.map(({ number, mediaSec }) => mediaSec - number * AAC_SEC)
    const off = offSec.filter((sec) => Math.abs(sec - (offSec[0] ?? 0)) > IN_STEP_SEC)
    expect(off.length).toBeLessThanOrEqual(0.6 / AAC_SEC)
    expect(offSec.at(-1)).toBeCloseTo(offSec[0] ?? 0, 4)
    expect(watched.sounds.map(({ number }) => number)).not.toContain(swallowed.number)
  })

  test('is moved by so much as it is told, and goes on at once', async () => {
    stream = new LiveStream({ window: 10 })
    await using watched = new Watched()
    await pass(10)
    const before = watched.pictures.at(-1)
    watched.source.steer({ byMs: -2000 })
    await pass(2)
    const after = watched.pictures.at(-1)
    const elapsedSec = ((after?.atMs ?? 0) - (before?.atMs ?? 0)) / 1000
    expect((after?.mediaSec ?? 0) - (before?.mediaSec ?? 0)).toBeCloseTo(elapsedSec - 2, 1)
  })
})
