import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fault } from '../../bench/faults/fault.ts'
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
/**
 * Takes that die within 30 s of each other wait longer and longer (1, 2, 4, 8 s), and each starts a Chrome while the one before is
 * still being stored. What each fault alone is promised is judged by `npm run faults`, which has a recording for each.
 */
const BACK_OFF_SEC = 12
/** A source that returns in such a series, from the end of its outage. */
const SOURCE_BACK_SEC = 5
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

/**
 * In this order, at one class: beside a second one a Chrome takes ten seconds to start on two cores. `code` is what the take says that
 * the fault ended; that of the source ends none.
 */
const STRIKES: readonly { readonly fault: Fault; readonly code?: RegExp }[] = [
  { fault: faultNamed('page-killed'), code: /^page\.crashed$/ },
  { fault: faultNamed('chrome-killed'), code: /^(chrome|page)\.crashed$/ },
  { fault: faultNamed('recorder-killed'), code: /^recorder\.crashed$/ },
  { fault: { ...faultNamed('source-hls-reset'), holdMs: SOURCE_AWAY_MS } },
  { fault: faultNamed('service-killed'), code: /^recorder\.lost$/ },
  { fault: SERVICE_RESTARTED, code: /^service\.stopping$/ },
  { fault: faultNamed('service-machine-killed'), code: /^recorder\.lost$/ },
]
const CODES = STRIKES.flatMap(({ code }) => code ?? [])

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

/** A recording, and everything that strikes at it. */
class Series {
  outcome: Outcome | undefined
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
    for (const { fault } of STRIKES) await this.#strike(fault, session)
    const end = await session.stop()
    await session[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
    const { folder: decoding, live } = this.#stage
    const { pictures, faults } = await readRecording(indexUrl, live.patterns, decoding)
    const { playlist } = parsePlaylist(await session.call.index())
    const playlistFaults = [...session.watch.faults, ...folder.faults, ...faults]
    this.outcome = { ...end, struck: this.#struck, pictures, playlist, playlistFaults }
    this.viewing = await playInChrome(indexUrl, { rate: PLAY_RATE })
    this.left = await untilClean(this.#stage)
  }

  async #strike(fault: Fault, session: Session): Promise<void> {
    const heal = await fault.inject({ stage: this.#stage, recordingId: session.call.id })
    if (heal === undefined) expect.unreachable(`${fault.name} found nothing to strike at`)
    const struckAtMs = Date.now()
    await delay(fault.holdMs)
    const healedAtMs = Date.now()
    await heal()
    this.#struck.push({ fault, struckAtMs, healedAtMs })
    await session.recovered(healedAtMs)
  }
}

/** What each fault cost, in the pictures up to the next one. */
function expectLosses({ recording, askedAtMs, struck, pictures }: Outcome): void {
  const endLossSec = (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000
  expect.soft([recording.state, endLossSec]).toEqual(['completed', expect.toSatisfy((sec) => sec < SEGMENT_SEC)])
  for (const [index, { fault, ...moments }] of struck.entries()) {
    const untilMs = struck[index + 1]?.struckAtMs ?? askedAtMs
    const figures = measureFault(pictures, { ...moments, untilMs }, fault.source)
    expect.soft(figures.goOnSec, fault.name).toBeLessThan(fault.goOnSec + BACK_OFF_SEC)
    expect.soft(figures.lostSec - figures.goOnSec, fault.name).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC)
    expect.soft(figures.sourceBackSec ?? 0, fault.name).toBeLessThan(SOURCE_BACK_SEC)
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
  'a class outlives a series of deaths of page, Chrome, recorder, service and machine, and a source, in one playlist: what was stored before each stays, it goes on within its promise and the back-off, and nothing is left behind',
  async () => {
    await using stage = await Stage.open({ shape: 'alone', sources: 2, seconds: SOURCE_SEC })
    const series = new Series(stage)
    await series.run()
    const outcome = series.outcome ?? expect.unreachable()
    expectLosses(outcome)
    expectTakes(outcome, CODES)
    expectPlaylist(outcome)
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
