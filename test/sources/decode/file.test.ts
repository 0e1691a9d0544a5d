import { Mp4OutputFormat } from 'mediabunny'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DecodedSource } from '../../../recorder-page/sources/decode/decoded-source.ts'
import type { SourceState } from '../../../src/protocol/sources.ts'
import { serveFile } from './stand-in/file.ts'
import { FPS, LiveStream, type Stretch, writeMedia } from './stand-in/live-stream.ts'
import { type Decoded, standInForChrome } from './stand-in/platform.ts'

const FILE_SEC = 4
const TICK_MS = 25
const SECOND_MS = 1000
const URL = 'http://stream.test/film.mp4'
/** A source that cannot be decoded is asked for again after 10 s. */
const SLOW_RETRY_SEC = 11

let file: Uint8Array | undefined

const film = (stretch: Partial<Stretch> = {}): Promise<Uint8Array> =>
  writeMedia(new Mp4OutputFormat({ fastStart: 'in-memory' }), {
    level: 'small',
    kinds: ['video', 'audio'],
    fromSec: 0,
    toSec: FILE_SEC,
    keySec: 1,
    shiftSec: 0,
    ...stretch,
  })

beforeEach(async () => {
  file = await film()
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  standInForChrome(() => new LiveStream())
  serveFile(() => file)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

class Watched implements AsyncDisposable {
  readonly source: DecodedSource
  readonly states: (SourceState | string)[] = []
  readonly logs: string[] = []
  readonly shown: { readonly number: number; readonly mediaSec: number }[] = []
  readonly sounds: number[] = []
  readonly #timer: ReturnType<typeof setInterval>

  constructor(loop: boolean) {
    this.source = new DecodedSource({
      spec: { id: 'film', type: 'video', url: URL, loop },
      nowMs: () => performance.timeOrigin + performance.now(),
      listener: {
        onState: (state, error) => this.states.push(error === null ? state : `${state} ${error.code}`),
        onLog: (_level, message) => this.logs.push(message),
        onEmptied: () => undefined,
        onUnsupported: (codec) => expect.fail(`${codec} is supported`),
        onFrame: (frame, { mediaMs }) =>
          this.shown.push({ number: (frame as unknown as Decoded).number, mediaSec: mediaMs / SECOND_MS }),
        onSound: (sound) => this.sounds.push((sound as unknown as Decoded).number),
      },
    })
    this.#timer = setInterval(() => this.source.tick(), TICK_MS)
  }

  get numbers(): number[] {
    return this.shown.map(({ number }) => number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.source[Symbol.asyncDispose]()
  }
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * SECOND_MS)
}

const LONG_FILE_SEC = 8
const whole = Array.from({ length: FILE_SEC * FPS }, (_, i) => i)

/** Beyond what is read ahead, and within it. */
const UNEVEN_SEC = 10
const UNEVEN: readonly [string, NonNullable<Stretch['only']>][] = [
  ['sound ends long before its picture', { audio: { toSec: 2 } }],
  ['sound ends shortly before its picture', { audio: { toSec: 9 } }],
  ['sound begins long after its picture', { audio: { fromSec: 7 } }],
  ['sound begins shortly after its picture', { audio: { fromSec: 1 } }],
  ['picture ends long before its sound', { video: { toSec: 2 } }],
  ['picture ends shortly before its sound', { video: { toSec: 9 } }],
  ['picture begins long after its sound', { video: { fromSec: 7 } }],
  ['picture begins shortly after its sound', { video: { fromSec: 1 } }],
]

describe.each(UNEVEN)('a file whose %s', (_name, only) => {
  const frames = (): number[] => {
    const { fromSec = 0, toSec = UNEVEN_SEC } = only.video ?? {}
    return Array.from({ length: (toSec - fromSec) * FPS }, (_, i) => fromSec * FPS + i)
  }
  const soundFrames = (): number[] => {
    const { fromSec = 0, toSec = UNEVEN_SEC } = only.audio ?? {}
    const [first, end] = [fromSec, toSec].map((sec) => Math.ceil((sec * 48000) / 1024))
    return Array.from({ length: (end ?? 0) - (first ?? 0) }, (_, i) => (first ?? 0) + i)
  }
  beforeEach(async () => {
    file = await film({ toSec: UNEVEN_SEC, only })
  })

  test('is played whole, once, in its time, and ends', async () => {
    await using watched = new Watched(false)
    await pass(UNEVEN_SEC + 1)
    expect(watched.numbers).toEqual(frames())
    expect(watched.sounds).toEqual(soundFrames())
    expect(watched.states).toEqual(['live', 'ended'])
  })

  test('is played whole in each turn of its loop', async () => {
    await using watched = new Watched(true)
    await pass(2 * UNEVEN_SEC + 8)
    expect(watched.numbers.slice(0, 2 * frames().length)).toEqual([...frames(), ...frames()])
    expect(watched.sounds.slice(0, 2 * soundFrames().length)).toEqual([...soundFrames(), ...soundFrames()])
    expect(watched.states).toEqual(['live'])
  })

  test('goes on where it is moved to', async () => {
    await using watched = new Watched(false)
    await pass(1)
    watched.source.steer({ byMs: 5000 })
    const before = watched.numbers.length
    await pass(5)
    expect(watched.numbers.slice(before).length).toBeGreaterThanOrEqual(frames().filter((i) => i > 6.3 * FPS).length)
    expect(watched.states).toEqual(['live', 'ended'])
  })
})

describe('a file that is decoded', () => {
  test('is played once, every frame of it, and ends', async () => {
    await using watched = new Watched(false)
    await pass(FILE_SEC + 2)
    expect(watched.numbers).toEqual(whole)
    expect(watched.states).toEqual(['live', 'ended'])
  })

  test('goes on over the seam of its loop without a pause', async () => {
    await using watched = new Watched(true)
    await pass(3 * FILE_SEC)
    expect(watched.numbers.slice(0, 2 * whole.length)).toEqual([...whole, ...whole])
    const steps = watched.shown.map(({ mediaSec }, i, all) => mediaSec - (all[i - 1]?.mediaSec ?? mediaSec))
    expect(Math.max(...steps)).toBeLessThan(0.08)
    expect(watched.states).toEqual(['live'])
  })

  test('is played from the place to which it is moved, over the seam too', async () => {
    await using watched = new Watched(true)
    await pass(1)
    watched.source.steer({ byMs: 2 * FILE_SEC * SECOND_MS + 1000 })
    const before = watched.shown.length
    await pass(1)
    expect(Math.abs((watched.numbers[before] ?? 0) - 2 * FPS)).toBeLessThan(5)
    expect(watched.shown[before]?.mediaSec).toBeCloseTo(2 * FILE_SEC + 2, 0)
  })

  test('that is not there yet is waited for', async () => {
    const late = file
    file = undefined
    await using watched = new Watched(false)
    await pass(6)
    expect(watched.logs[0]).toContain('HTTP 404')
    file = late
    await pass(5)
    expect(watched.states[0]).toBe('live')
  })

  test.each(['answered', 'refused'])(
    'is played by the newest load, when an older one is %s long after it was given up',
    async (end) => {
      const first = Promise.withResolvers<void>()
      const answerOthers = globalThis.fetch
      let requests = 0
      vi.stubGlobal('fetch', async (...request: Parameters<typeof fetch>) => {
        requests += 1
        if (requests === 1) {
          await first.promise
          if (end === 'refused') throw new TypeError('refused')
        }
        return answerOthers(...request)
      })
      file = await film({ toSec: LONG_FILE_SEC })
      await using watched = new Watched(false)
      await pass(8)
      expect(watched.numbers.length).toBeGreaterThan(FPS)
      first.resolve()
      await pass(LONG_FILE_SEC)
      expect(watched.numbers).toEqual(Array.from({ length: LONG_FILE_SEC * FPS }, (_, i) => i))
      expect(watched.states).toEqual(['live', 'ended'])
      expect(watched.logs.length).toBe(1)
    },
  )

  test('that is none is told, and played when it is replaced', async () => {
    const right = file
    file = Uint8Array.from(Buffer.from('this is no video'))
    await using watched = new Watched(false)
    await pass(3)
    expect(watched.states).toEqual(['failed source.unsupported-media'])
    file = right
    await pass(SLOW_RETRY_SEC)
    expect(watched.states[1]).toBe('live')
  })
})
