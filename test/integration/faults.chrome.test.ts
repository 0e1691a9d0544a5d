import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fault } from '../../bench/faults/fault.ts'
import { faultNamed } from '../../bench/faults/list.ts'
import { measureFault } from '../../bench/faults/measure-fault.ts'
import { Session } from '../../bench/faults/session.ts'
import { createClient } from '../../src/client/index.ts'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { delay } from '../../src/timing/index.ts'
import {
  descendants,
  type ParsedPlaylist,
  parsePlaylist,
  patternOf,
  playInChrome,
  readFilm,
  updateFaults,
  type Viewing,
} from '../kit/index.ts'
import { hit } from '../kit/stage/processes.ts'
import { Stage } from '../kit/stage/stage.ts'
import { FPS, type Picture, readRecording, SIZE } from '../kit/watch/holes.ts'
import { picturesBetween } from '../kit/watch/recorded-time.ts'

/** Longer than the series on a slow machine. */
const SOURCE_SEC = 180
const SEGMENT_SEC = 1
/** Four of them are a clip's. */
const LEAD_SEGMENTS = 4
/**
 * Takes that die within 30 s of each other wait longer and longer (1, 2, 4, 8 s), and each starts a Chrome while the one before is
 * still being stored. What each fault alone is promised is judged by `npm run faults`, which has a recording for each.
 */
const BACK_OFF_SEC = 12
/** The segment that was being recorded, and the one that was being stored. */
const LOST_SEGMENTS = 2
/** Every border costs the viewer at most the buffer that it empties; the rate saves time. */
const PLAY_RATE = 8
/** A stage, two faults, and all that was recorded decoded and played, on a slow machine. */
const SERIES_TIMEOUT_MS = 240_000
/** Clips of a service that was killed are found by their missing heartbeats, and repeated with growing delays. */
const READY = { timeout: 120_000, interval: 250 }
/** What a killed service left in its spool is looked for every minute. */
const CLEAN = { timeout: 80_000, interval: 250 }
/** A clip that waits longer for its end than a service takes to start. */
const WAITS_SEC = 16
/** One that waits, three that are cut meanwhile, one over the border to the next take. */
const CLIPS = 5
/** Clips of what is stored are cut at once; the service is killed as soon as one is. */
const CUTS = { timeout: 20_000, interval: 20 }

const SERVICE_KILLED = faultNamed('service-killed')

/**
 * In this order, at one class: beside a second one a Chrome takes ten seconds to start on two cores. `code` is what the take says that
 * the fault ended. Chrome and recorder alone, the machine and the source have recordings of their own in `npm run faults -- --quick`.
 */
const STRIKES: readonly { readonly fault: Fault; readonly code: RegExp }[] = [
  { fault: faultNamed('page-killed'), code: /^page\.crashed$/ },
  { fault: SERVICE_KILLED, code: /^recorder\.lost$/ },
]
const CODES = STRIKES.map(({ code }) => code)

interface Struck {
  readonly fault: Fault
  readonly struckAtMs: number
  readonly healedAtMs: number
}
interface Outcome {
  readonly recording: Recording
  readonly askedAtMs: number
  readonly struck: readonly Struck[]
  readonly pictures: readonly Picture[]
  readonly playlist: ParsedPlaylist['playlist']
  /** What any version of its playlists broke, by HTTP and in the folder, and what its decoder complained about. */
  readonly playlistFaults: readonly string[]
}

/** A recording, everything that strikes at it, and the highlights that are asked for meanwhile. */
class Series {
  outcome: Outcome | undefined
  clips: Clips | undefined
  left: readonly string[] = []
  viewing: Viewing | undefined
  readonly #stage: Stage
  readonly #struck: Struck[] = []

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async run(): Promise<void> {
    await using session = await Session.start(this.#stage, { segmentSec: SEGMENT_SEC })
    const { id, indexUrl } = session.call
    await using folder = new FolderWatch(join(this.#stage.storeDir, id, 'index.m3u8'))
    await session.recorded(LEAD_SEGMENTS)
    const clips = new Clips(this.#stage, id)
    for (const { fault } of STRIKES) await this.#strike(fault, session, clips)
    const end = await session.stop()
    await session[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
    const { folder: decoding, live } = this.#stage
    const { pictures, faults } = await readRecording(indexUrl, live.patterns, decoding)
    const { playlist } = parsePlaylist(await session.call.index())
    const playlistFaults = [...session.watch.faults, ...folder.faults, ...faults]
    this.outcome = { ...end, struck: this.#struck, pictures, playlist, playlistFaults }
    this.viewing = await playInChrome(indexUrl, { rate: PLAY_RATE })
    await clips.untilReady()
    this.clips = clips
    this.left = await this.#untilClean()
  }

  /** A clip's folder whose service was killed while it made or removed it has no owner, and is left to the system. */
  async #untilClean(): Promise<readonly string[]> {
    const left = async () => (await this.#stage.leftBehind()).filter((what) => !what.startsWith('tmp/panorec-clip-'))
    await expect.poll(left, CLEAN).toEqual([])
    return await left()
  }

  async #strike(fault: Fault, session: Session, clips: Clips): Promise<void> {
    const isKill = fault.name === SERVICE_KILLED.name
    if (isKill) await clips.triggerBeforeKill()
    const heal = await fault.inject({ stage: this.#stage, recordingId: session.call.id })
    if (heal === undefined) expect.unreachable(`${fault.name} found nothing to strike at`)
    const struckAtMs = Date.now()
    await delay(fault.holdMs)
    const healedAtMs = Date.now()
    await heal()
    this.#struck.push({ fault, struckAtMs, healedAtMs })
    if (isKill) await clips.expectWaiting()
    await session.recovered(healedAtMs)
    if (isKill) await clips.trigger(Date.now(), { preSec: 3, postSec: 1 })
  }
}

/** Highlights that wait or are being cut when the service is killed, and the clip functions that it leaves. */
class Clips {
  ready: readonly Highlight[] = []
  readonly #stage: Stage
  readonly #recordingId: string
  /** Nothing has struck yet. */
  readonly #leadEndMs = Date.now()
  readonly #highlights: ReturnType<typeof createClient>['highlights']
  readonly #orphans: number[] = []
  #waitingId = ''
  #waitsUntilMs = 0

  constructor(stage: Stage, recordingId: string) {
    this.#stage = stage
    this.#recordingId = recordingId
    this.#highlights = createClient({ baseUrl: stage.service.url }).highlights
  }

  async trigger(atMs: number, length: { readonly preSec: number; readonly postSec: number }): Promise<Highlight> {
    return await this.#highlights.trigger(this.#recordingId, { at: new Date(atMs).toISOString(), ...length })
  }

  async triggerBeforeKill(): Promise<void> {
    const nowMs = Date.now()
    this.#waitsUntilMs = nowMs + WAITS_SEC * 1000
    this.#waitingId = (await this.trigger(nowMs, { preSec: 4, postSec: WAITS_SEC })).id
    for (const agoMs of [1000, 1500, 2000]) await this.trigger(this.#leadEndMs - agoMs, { preSec: 2, postSec: 1 })
    await expect.poll(async () => (await this.#states()).includes('cutting'), CUTS).toBe(true)
    this.#orphans.push(...(await descendants(this.#stage.service.pid)).keys())
  }

  async #states(): Promise<readonly Highlight['state'][]> {
    const { items } = await this.#highlights.list({ recordingId: this.#recordingId })
    return items.map(({ state }) => state)
  }

  /** Unless its end has come while the service started. */
  async expectWaiting(): Promise<void> {
    const { state } = await this.#highlights.get(this.#waitingId)
    expect(state === 'waiting' || Date.now() > this.#waitsUntilMs).toBe(true)
  }

  async untilReady(): Promise<void> {
    const isOpen = ({ state }: Highlight) => state === 'waiting' || state === 'cutting'
    const list = async () => (await this.#highlights.list({ recordingId: this.#recordingId })).items
    await expect.poll(async () => (await list()).filter(isOpen), READY).toEqual([])
    await expect.poll(() => this.#orphans.filter((pid) => hit(pid, 0)), READY).toEqual([])
    this.ready = await list()
  }

  /** The file of a clip in the store. */
  fileOf({ id }: Highlight): string {
    return join(this.#stage.storeDir, this.#recordingId, 'highlights', id, 'clip.mp4')
  }
}

/** What each fault cost, in the pictures up to the next one. */
function expectLosses({ recording, askedAtMs, struck, pictures }: Outcome): void {
  const endLossSec = (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000
  expect.soft([recording.state, endLossSec]).toEqual(['completed', expect.toSatisfy((sec) => sec < SEGMENT_SEC)])
  for (const [index, { fault, ...moments }] of struck.entries()) {
    const untilMs = struck[index + 1]?.struckAtMs ?? askedAtMs
    const figures = measureFault(pictures, { ...moments, untilMs })
    expect.soft(figures.goOnSec, fault.name).toBeLessThan(fault.goOnSec + BACK_OFF_SEC)
    expect.soft(figures.lostSec - figures.goOnSec, fault.name).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC)
  }
}

function expectTakes({ recording }: Outcome, codes: readonly RegExp[]): void {
  expect.soft(recording).toMatchObject({ state: 'completed', error: null })
  expect.soft(recording.takes).toHaveLength(codes.length + 1)
  for (const [index, code] of codes.entries()) expect.soft(recording.takes[index]?.error?.code).toMatch(code)
  expect.soft(recording.takes.at(-1)?.error).toBeNull()
}

/** One playlist, valid at every moment, with a border for each take, and as many pictures as it says. */
function expectPlaylist({ recording, playlist, playlistFaults, pictures }: Outcome): void {
  expect.soft(playlistFaults).toEqual([])
  expect.soft(playlist?.endlist).toBe(true)
  const borders = playlist?.segments.filter(({ discontinuity }) => discontinuity) ?? []
  expect.soft(borders.map(({ uri }) => uri.split('/')[1])).toEqual(recording.takes.slice(1).map((_, i) => `${i + 2}`))
  const stored = playlist?.segments.reduce((sum, { duration }) => sum + duration, 0) ?? 0
  expect.soft(pictures.length / FPS).toBeCloseTo(stored, 0)
  const unreadable = pictures.filter(({ counters }) => counters[0] === undefined).length
  expect.soft(unreadable / pictures.length).toBeLessThan(0.2)
}

/** Where takes overlap the later one counts. */
function withoutOverlaps(pictures: readonly Picture[]): readonly Picture[] {
  let nextMs = Number.POSITIVE_INFINITY
  const isKept = ({ wallMs }: Picture) => {
    if (wallMs >= nextMs - 500 / FPS) return false
    nextMs = wallMs
    return true
  }
  return pictures.toReversed().filter(isKept).toReversed()
}

/** Every highlight has its clip, of exactly the recorded pictures of its time. */
async function expectClips({ pictures }: Outcome, clips: Clips): Promise<void> {
  expect
    .soft(clips.ready.map(({ state, error }) => ({ state, error })))
    .toEqual(Array.from({ length: CLIPS }, () => ({ state: 'ready', error: null })))
  for (const clip of clips.ready) {
    const film = await readFilm({ input: clips.fileOf(clip), size: SIZE, patterns: [patternOf(0)] })
    expect.soft(film.complaints).toEqual([])
    const range = { fromMs: Date.parse(clip.from), toMs: Date.parse(clip.to), fps: FPS }
    const recorded = picturesBetween({ pictures: withoutOverlaps(pictures) }, range).map(({ counters }) => counters[0])
    expect.soft(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(recorded)
  }
}

test(
  'a class outlives the deaths of page and service, in one playlist: what was stored before each stays, it goes on within its promise and the back-off, highlights that waited or were being cut become ready, and nothing is left behind',
  async () => {
    await using stage = await Stage.open({ shape: 'alone', sources: 1, seconds: SOURCE_SEC })
    const series = new Series(stage)
    await series.run()
    const outcome = series.outcome ?? expect.unreachable()
    expectLosses(outcome)
    expectTakes(outcome, CODES)
    expectPlaylist(outcome)
    await expectClips(outcome, series.clips ?? expect.unreachable())
    expect.soft(series.viewing?.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect.soft(series.viewing?.ended).toBe(true)
    expect(series.left).toEqual([])
  },
  SERIES_TIMEOUT_MS,
)

/** Reads every version of a playlist in its folder, also while no service runs. */
class FolderWatch implements AsyncDisposable {
  readonly faults: string[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(path: string) {
    this.#running = this.#watch(path)
  }

  async #watch(path: string): Promise<void> {
    let text = ''
    let before: ParsedPlaylist['playlist']
    while (!this.#stop.signal.aborted) {
      await delay(50)
      const newest = await readFile(path, 'utf8').catch(() => text)
      if (newest === text) continue
      text = newest
      const { playlist, faults } = parsePlaylist(text)
      this.faults.push(...faults, ...(before && playlist ? updateFaults(before, playlist) : []))
      before = playlist ?? before
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}
