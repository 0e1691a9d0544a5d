import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fault } from '../../bench/faults/fault.ts'
import { judgeFault } from '../../bench/faults/judge-fault.ts'
import { faultNamed } from '../../bench/faults/list.ts'
import { measureFault } from '../../bench/faults/measure-fault.ts'
import { untilClean } from '../../bench/faults/run-fault.ts'
import { Session } from '../../bench/faults/session.ts'
import type { Recording } from '../../src/protocol/index.ts'
import { delay } from '../../src/timing/index.ts'
import { type ParsedPlaylist, parsePlaylist, playInChrome, updateFaults, type Viewing } from '../kit/index.ts'
import { Stage } from '../kit/stage/stage.ts'
import { FPS, type Picture, readRecording } from '../kit/watch/holes.ts'

/** Longer than the series on a slow machine. */
const SOURCE_SEC = 180
const SEGMENT_SEC = 1
const LEAD_SEGMENTS = 2
/** The segment that was being recorded, and the one that was being stored. */
const LOST_SEGMENTS = 2
/** Every border costs the viewer at most the buffer that it empties; the rate saves time. */
const PLAY_RATE = 8
/** The new source is away for less than its player's buffer and its label's time together. */
const SOURCE_AWAY_MS = 4_000
/** A stage, seven faults, and all that was recorded decoded and played, on a slow machine. */
const SERIES_TIMEOUT_MS = 240_000

/** As a deployment of a single machine does; it has no row in the table, because nothing else may take over. */
const SERVICE_RESTARTED: Fault = {
  ...faultNamed('service-killed'),
  name: 'service-restarted',
  title: 'service, SIGTERM, started again',
  async inject({ stage }) {
    await stage.service.end('SIGTERM')
    return () => stage.service.start()
  },
}

/** In this order. Each strikes at the recording of its letter, those of a whole machine at both. */
const STRIKES: readonly { readonly fault: Fault; readonly at: 'A' | 'B' | 'both' }[] = [
  { fault: faultNamed('page-killed'), at: 'A' },
  { fault: faultNamed('chrome-killed'), at: 'B' },
  { fault: faultNamed('recorder-killed'), at: 'A' },
  { fault: { ...faultNamed('source-hls-reset'), holdMs: SOURCE_AWAY_MS }, at: 'both' },
  { fault: faultNamed('service-killed'), at: 'both' },
  { fault: SERVICE_RESTARTED, at: 'both' },
  { fault: faultNamed('service-machine-killed'), at: 'both' },
]
/** What the takes say that each fault ended, in their order; the source's ends none. */
const CODES = {
  A: [/^page\.crashed$/, /^recorder\.crashed$/, /^recorder\.lost$/, /^service\.stopping$/, /^recorder\.lost$/],
  B: [/^(chrome|page)\.crashed$/, /^recorder\.lost$/, /^service\.stopping$/, /^recorder\.lost$/],
} as const

type Name = 'A' | 'B'
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

/** Two recordings of one machine, and everything that strikes at them. */
class Series {
  readonly outcomes = new Map<Name, Outcome>()
  left: readonly string[] = []
  viewing: Viewing | undefined
  readonly #stage: Stage
  readonly #struck = { A: [] as Struck[], B: [] as Struck[] }

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async run(): Promise<void> {
    await using a = await Session.start(this.#stage, { segmentSec: SEGMENT_SEC })
    await using b = await Session.start(this.#stage, { segmentSec: SEGMENT_SEC })
    await using folders = new FolderWatch([a, b].map(({ call }) => join(this.#stage.storeDir, call.id, 'index.m3u8')))
    const sessions = { A: a, B: b }
    await Promise.all([a, b].map((session) => session.recorded(LEAD_SEGMENTS)))
    for (const { fault, at } of STRIKES) await this.#strike(fault, at === 'both' ? ['A', 'B'] : [at], sessions)
    const ends = await Promise.all([a.stop(), b.stop()])
    for (const watcher of [a, b, folders]) await watcher[Symbol.asyncDispose]()
    for (const [index, name] of (['A', 'B'] as const).entries()) {
      const end = ends[index] ?? expect.unreachable()
      this.outcomes.set(name, await this.#decode(sessions[name], { ...end, struck: this.#struck[name] }, folders))
    }
    this.viewing = await playInChrome(a.call.indexUrl, { rate: PLAY_RATE })
    this.left = await untilClean(this.#stage)
  }

  async #strike(fault: Fault, names: readonly Name[], sessions: Record<Name, Session>): Promise<void> {
    const recordingId = sessions[names[0] ?? 'A'].call.id
    const heal = await fault.inject({ stage: this.#stage, recordingId })
    if (heal === undefined) expect.unreachable(`${fault.name} found nothing to strike at`)
    const struckAtMs = Date.now()
    await delay(fault.holdMs)
    const healedAtMs = Date.now()
    await heal()
    for (const name of names) this.#struck[name].push({ fault, struckAtMs, healedAtMs })
    await Promise.all(names.map((name) => sessions[name].recovered(healedAtMs)))
  }

  async #decode(
    session: Session,
    end: Pick<Outcome, 'recording' | 'askedAtMs' | 'struck'>,
    folders: FolderWatch,
  ): Promise<Outcome> {
    const { folder, live } = this.#stage
    const { pictures, faults } = await readRecording(session.call.indexUrl, live.patterns, folder)
    const { playlist } = parsePlaylist(await session.call.index())
    return { ...end, pictures, playlist, playlistFaults: [...session.watch.faults, ...folders.faults, ...faults] }
  }
}

/** Each fault against its own promise, in the pictures up to the next one. */
function expectPromises({ recording, askedAtMs, struck, pictures }: Outcome): void {
  const endLossSec = (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000
  const aftermath = { playlistFaults: [], left: [], state: recording.state, endLossSec, mayDouble: false }
  for (const [index, { fault, ...moments }] of struck.entries()) {
    const untilMs = struck[index + 1]?.struckAtMs ?? askedAtMs
    const figures = measureFault(pictures, { ...moments, untilMs }, fault.source)
    expect.soft([fault.name, judgeFault(figures, fault, aftermath)]).toEqual([fault.name, []])
    expect.soft(figures.lostSec - figures.goOnSec, fault.name).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC)
    // The recorder of a killed service goes on until the next take has its first picture.
    if (fault.name === 'service-killed') expect.soft(figures.lostSec).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC)
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

test(
  'two classes of one machine outlive the deaths of page, Chrome, recorder, service and machine, and a source: each within its promised time, in one playlist, and nothing is left behind',
  async () => {
    await using stage = await Stage.open({ shape: 'alone', sources: 2, seconds: SOURCE_SEC })
    const series = new Series(stage)
    await series.run()
    for (const name of ['A', 'B'] as const) {
      const outcome = series.outcomes.get(name) ?? expect.unreachable()
      expectPromises(outcome)
      expectTakes(outcome, CODES[name])
      expectPlaylist(outcome)
    }
    expect.soft(series.viewing?.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect.soft(series.viewing?.ended).toBe(true)
    expect(series.left).toEqual([])
  },
  SERIES_TIMEOUT_MS,
)

/** Reads every version of playlists in their folder, also while no service runs. */
class FolderWatch implements AsyncDisposable {
  readonly faults: string[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  constructor(paths: readonly string[]) {
    this.#running = Promise.all(paths.map((path) => this.#watch(path)))
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
