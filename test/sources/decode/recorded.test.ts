import { Mp4OutputFormat } from 'mediabunny'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nowMs } from '../../../recorder-page/clock.ts'
import { LiveScene, TickClock } from '../../../recorder-page/compositor/index.ts'
import { Follower } from '../../../recorder-page/handover/index.ts'
import type { DecodableSource } from '../../../recorder-page/sources/decodable.ts'
import { AllPlayers } from '../../../recorder-page/window/all-players.ts'
import { DecodedSources } from '../../../recorder-page/worker/decoded-sources.ts'
import type { FromWorker } from '../../../recorder-page/worker/messages.ts'
import type { SourceSync } from '../../../src/protocol/page-link.ts'
import { serveFile } from './stand-in/file.ts'
import { FPS, LiveStream, writeMedia } from './stand-in/live-stream.ts'
import { type Decoded, standInForChrome } from './stand-in/platform.ts'

const SECOND_MS = 1000
const SIZE = { width: 1280, height: 720, fps: FPS, bitrateKbps: 2500 }
const SOURCE = { id: 'a', type: 'hls', url: 'http://stream.test/small.m3u8' } as const
const FILM = { id: 'a', type: 'video', url: 'http://stream.test/film.mp4', loop: true } as const
/** Whole frames of picture and of sound: its loop has no seam. */
const FILM_SEC = 8
/** What is promised, where frames wander through the ticks. */
const PROMISED_MS = 10
/**
 * At the rates of a hand-over, which no recording has, a frame's time is known a fifth of a second before it is shown, so it is off by
 * a quarter of that; it is on for a tick more or less, and sound follows in jumps of 20 ms, one of which may leave a click out.
 */
const ROUGHLY_IN_STEP_MS = 120
const MISSED_CLICK_MS = SECOND_MS / 2
/** A source has found its pacing. */
const SETTLED_MS = 3000
/** The promise, and between two takes, whose pacing is told once a second. */
const IN_STEP_MS = 5
const LOUD = 0.3
const REPORT_EVERY_MS = 320
const POSITIONS_EVERY_MS = 1000

let stream: LiveStream
beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  standInForChrome(() => stream)
  stream = new LiveStream()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * SECOND_MS)
}

/** What the worker of a page records of one source: the number of the picture at each tick, and when clicks are heard. */
class RecordedPage implements AsyncDisposable {
  readonly scene = new LiveScene(SIZE, FPS, { name: 'grid' })
  readonly shown = new Map<number, { readonly atMs: number; readonly number: number }>()
  readonly clicksMs: number[] = []
  readonly said: FromWorker[] = []
  readonly sources: DecodedSources
  readonly #ticks: TickClock

  constructor(gridMs: number, source: DecodableSource = SOURCE) {
    this.scene.addSource(source, nowMs())
    this.sources = new DecodedSources({
      scene: this.scene,
      send: (message) => this.said.push(message),
      onBlock: ({ frame, samples }) => this.#listen(frame, samples),
    })
    this.sources.add(source)
    this.#ticks = new TickClock({ fps: FPS, startMs: gridMs, now: nowMs, onTick: ({ atMs }) => this.#look(atMs) })
  }

  /** How much later than its picture each click is heard, of the last seconds. */
  offsetsMs(seconds: number): number[] {
    const sinceMs = nowMs() - seconds * SECOND_MS
    const flashes = [...this.shown.values()].filter(({ atMs, number }, i, all) => {
      return atMs > sinceMs && atMs < nowMs() - SECOND_MS && number % FPS === 0 && all[i - 1]?.number !== number
    })
    return flashes.map(({ atMs }) =>
      this.clicksMs.reduce((best, ms) => (Math.abs(ms - atMs) < Math.abs(best) ? ms - atMs : best), 9999),
    )
  }

  #look(atMs: number): void {
    const frame = this.scene.advance(atMs).get(SOURCE.id) as unknown as Decoded | undefined
    if (frame !== undefined) this.shown.set(Math.round(atMs), { atMs, number: frame.number })
  }

  #listen(frame: number, samples: Float32Array): void {
    const left = samples.subarray(0, samples.length / 2)
    const first = left.findIndex((sample) => sample > LOUD)
    const atMs = this.sources.soundClock.atMs + ((frame + first) * SECOND_MS) / 48000
    if (first !== -1 && atMs - (this.clicksMs.at(-1) ?? 0) > SECOND_MS / 2) this.clicksMs.push(atMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ticks[Symbol.dispose]()
    await this.sources[Symbol.asyncDispose]()
  }
}

/** A page that follows another one, as the window of a standby page does. */
class FollowingPage extends RecordedPage {
  ready: readonly SourceSync[] | undefined
  readonly #timers: readonly ReturnType<typeof setInterval>[]
  readonly #follower: Follower

  constructor(gridMs: number, running: RecordedPage) {
    super(gridMs)
    const players = new AllPlayers((id, change) => this.sources.steer(id, change))
    players.addDecoded(SOURCE.id)
    this.#follower = new Follower({
      players,
      nowMs,
      onAligned: (id, zeroMs, isMoved) => this.scene.followPacing(id, zeroMs, { isMoved }),
      onReady: (sources) => {
        this.ready = sources
      },
    })
    this.#timers = [
      setInterval(() => players.setPlaces(this.sources.places), REPORT_EVERY_MS),
      setInterval(() => {
        const zeroMs = running.scene.mediaZeroMs.get(SOURCE.id)
        const originMs = running.sources.places.get(SOURCE.id)?.played?.originMs
        if (zeroMs === undefined || originMs === undefined) return
        this.#follower.update([{ sourceId: SOURCE.id, recordedMs: zeroMs - originMs }])
      }, POSITIONS_EVERY_MS),
    ]
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#follower[Symbol.dispose]()
    await super[Symbol.asyncDispose]()
  }
}

const most = (offsets: readonly number[]): number => Math.max(...offsets.map(Math.abs))

describe('what is recorded of a decoded source', () => {
  test('is each picture for one tick, and its sound with it', async () => {
    await using page = new RecordedPage(nowMs() + 13)
    await pass(20)
    const numbers = [...page.shown.values()]
      .filter(({ atMs }) => atMs > nowMs() - 17 * SECOND_MS)
      .map((it) => it.number)
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
    const offsets = page.offsetsMs(20 - SETTLED_MS / SECOND_MS)
    expect(offsets.length).toBeGreaterThan(14)
    expect(most(offsets)).toBeLessThan(IN_STEP_MS)
  })

  test('is in step again after an outage', async () => {
    await using page = new RecordedPage(nowMs() + 13)
    await pass(10)
    stream.isRefused = true
    await pass(10)
    stream.isRefused = false
    await pass(10)
    const offsets = page.offsetsMs(5)
    expect(offsets.length).toBeGreaterThan(2)
    expect(most(offsets)).toBeLessThan(IN_STEP_MS)
  })

  test.each([
    [1, IN_STEP_MS],
    [1.001, PROMISED_MS],
    [0.999, PROMISED_MS],
    [1.25, ROUGHLY_IN_STEP_MS],
    [0.75, ROUGHLY_IN_STEP_MS],
  ])('is in step at a rate of %d after many hours', async (rate, withinMs) => {
    const film = await writeMedia(new Mp4OutputFormat({ fastStart: 'in-memory' }), {
      level: 'small',
      kinds: ['video', 'audio'],
      fromSec: 0,
      toSec: FILM_SEC,
      keySec: 1,
      shiftSec: 0,
    })
    serveFile(() => film)
    await using page = new RecordedPage(nowMs() + 13, FILM)
    await pass(2)
    page.sources.steer(FILM.id, { byMs: 30_000 * SECOND_MS })
    page.sources.steer(FILM.id, { rate })
    await pass(14)
    const offsets = page.offsetsMs(10)
    const heard = offsets.filter((ms) => Math.abs(ms) < MISSED_CLICK_MS)
    expect(offsets.length).toBeGreaterThan(6)
    expect(heard.length).toBeGreaterThanOrEqual(rate === 1.25 ? offsets.length - 1 : offsets.length)
    expect(most(heard)).toBeLessThan(withinMs)
  })

  test('goes on in another page with the same picture at every tick, and the same sound', async () => {
    const gridMs = nowMs() + 13
    await using running = new RecordedPage(gridMs)
    await pass(10)
    running.scene.freezePacing()
    const tick = Math.ceil((nowMs() - gridMs) / (SECOND_MS / FPS))
    await using next = new FollowingPage(gridMs + (tick * SECOND_MS) / FPS, running)
    await pass(12)
    expect(next.ready).toMatchObject([{ sourceId: SOURCE.id, inStep: true }])
    const since = nowMs() - 5 * SECOND_MS
    const pairs = [...next.shown]
      .filter(([atMs]) => atMs > since)
      .map(([atMs, { number }]) => [number, running.shown.get(atMs)?.number])
    expect(pairs.length).toBeGreaterThan(4 * FPS)
    expect(pairs.filter(([mine, theirs]) => mine !== theirs)).toEqual([])
    const clicks = next.clicksMs.filter((ms) => ms > since)
    expect(most(clicks.map((ms) => Math.min(...running.clicksMs.map((other) => Math.abs(other - ms)))))).toBeLessThan(
      IN_STEP_MS,
    )
  })

  test('is left to an element where the decoders do not know its codec, muted as it is', async () => {
    vi.spyOn(VideoDecoder, 'isConfigSupported').mockResolvedValue({ supported: false, config: { codec: '' } })
    await using page = new RecordedPage(nowMs() + 13)
    page.scene.updateSource(SOURCE.id, { muted: true })
    await pass(5)
    expect(page.said.filter(({ type }) => type !== 'log')).toEqual([
      { type: 'play-by-element', source: SOURCE },
      { type: 'muted', sourceIds: new Set([SOURCE.id]) },
    ])
    expect(page.sources.places.size).toBe(0)
  })
})
