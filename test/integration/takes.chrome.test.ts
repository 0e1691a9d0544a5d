import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import {
  descendants,
  LiveClass,
  measureCadence,
  type ParsedPlaylist,
  parsePlaylist,
  playInChrome,
  readFilm,
  updateFaults,
} from '../kit/index.ts'
import { PanorecProcess } from '../kit/service/panorec-process.ts'
import { RecordingCall } from '../kit/service/recording-call.ts'
import { testSettings } from '../kit/service/test-settings.ts'

const VIDEO = { width: 640, height: 360, fps: 25, bitrateKbps: 800 }
const SEGMENT_SEC = 1
/** Several segments are stored before the next fault. */
const RECORD_MS = 4000
/** The promise is 3 s for Chrome and 5 s for a recorder on a machine of its own; a test machine has other work as well. */
const NEXT_PICTURE_MS = 30_000
/** A service has to start before it can start a recorder: a second alone, ten and more beside other work. */
const SERVICE_MS = 30_000
/** The segment that was being recorded, and the one that was being stored. */
const LOST_SEGMENTS = 2
const CLIP_SEC = 240
/** Every border costs the viewer at most the buffer that it empties; the rate saves time. */
const PLAY_RATE = 2

test('a class goes on in the same playlist after every death of its page, Chrome, recorder and service', async () => {
  await using live = await LiveClass.start(1, CLIP_SEC)
  const dataDir = await mkdtemp(join(tmpdir(), 'panorec-takes-'))
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rm(dataDir, { recursive: true, force: true }))
  const service = undo.use(
    await PanorecProcess.start({ settings: { ...testSettings(dataDir), PANOREC_LOG_LEVEL: 'error' } }),
  )
  const call = await start(service, live)
  const playlist = undo.use(new FolderWatch(join(dataDir, 'recordings', call.id, 'index.m3u8')))
  const faults: Fault[] = [
    {
      within: NEXT_PICTURE_MS,
      code: /^page\.crashed$/,
      act: () => killBelow(service.pid, (command) => command.includes('--type=renderer')),
    },
    { within: NEXT_PICTURE_MS, code: /^(chrome|page)\.crashed$/, act: () => killBelow(service.pid, isChrome) },
    { within: NEXT_PICTURE_MS, code: /^recorder\.crashed$/, act: () => killBelow(service.pid, isRecorder) },
    {
      within: NEXT_PICTURE_MS + SERVICE_MS,
      code: /^recorder\.lost$/,
      act: async () => {
        const orphans = [...(await descendants(service.pid)).keys()]
        await service.end('SIGKILL')
        await service.start()
        undo.defer(() => gone(orphans))
      },
    },
    {
      within: NEXT_PICTURE_MS + SERVICE_MS,
      code: /^service\.stopping$/,
      act: async () => {
        await service.end('SIGTERM')
        await service.start()
      },
    },
  ]
  const took: number[] = []
  for (const [index, fault] of faults.entries()) {
    await sleep(RECORD_MS)
    const faultAtMs = Date.now()
    await fault.act()
    const recording = await call.until('its next take', isTake(index + 2))
    expect(recording.takes[index]?.error?.code).toMatch(fault.code)
    const tookMs = Date.parse(recording.takes[index + 1]?.startedAt ?? '') - faultAtMs
    expect(tookMs).toBeLessThan(fault.within)
    took.push(tookMs)
  }
  await sleep(RECORD_MS)
  const { takes } = await call.stop()
  expect(takes).toHaveLength(faults.length + 1)
  await playlist[Symbol.asyncDispose]()
  expect(playlist.faults).toEqual([])

  const { playlist: index } = parsePlaylist(await call.index())
  expect(index?.endlist).toBe(true)
  const borders = index?.segments.filter(({ discontinuity }) => discontinuity) ?? []
  expect(borders.map(({ uri }) => uri.split('/')[1])).toEqual(faults.map((_, take) => String(take + 2)))
  for (const [take, border] of borders.entries()) {
    expect(lostSec(index, border)).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC + (took[take] ?? 0) / 1000)
  }
  // The recorder of the killed service went on until the next take had its first picture.
  expect(lostSec(index, borders[3])).toBeLessThan(LOST_SEGMENTS * SEGMENT_SEC)

  const film = await readFilm({ input: call.indexUrl, size: VIDEO, patterns: live.patterns })
  const stored = index?.segments.reduce((sum, { duration }) => sum + duration, 0) ?? 0
  expect(film.pictures.length / VIDEO.fps).toBeCloseTo(stored, 0)
  expect(measureCadence(film, 0).unreadable / film.pictures.length).toBeLessThan(0.2)
  const viewing = await playInChrome(call.indexUrl, { rate: PLAY_RATE })
  expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])
  expect(viewing.ended).toBe(true)
})

interface Fault {
  /** The longest time to the next picture, milliseconds. */
  readonly within: number
  /** What the ended take says. */
  readonly code: RegExp
  readonly act: () => Promise<void>
}

async function start(service: PanorecProcess, live: LiveClass): Promise<RecordingCall> {
  const response = await fetch(`${service.url}/v1/recordings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sources: live.sources, video: VIDEO, segmentSec: SEGMENT_SEC }),
  })
  const call = new RecordingCall(service.url, (await response.json()) as Recording, Date.now())
  await call.running()
  return call
}

const isTake = (number: number) => (recording: Recording) =>
  recording.state === 'recording' && recording.takes.length === number && recording.sources[0]?.state === 'live'
const isChrome = (command: string) => command.includes('chrom') && !command.includes('--type=')
const isRecorder = (command: string) => command.includes('bin/recorder')

async function killBelow(root: number, isMeant: (command: string) => boolean): Promise<void> {
  const meant = [...(await descendants(root))].filter(([, command]) => isMeant(command))
  expect(meant).not.toEqual([])
  for (const [pid] of meant) process.kill(pid, 'SIGKILL')
}

/** The recorders of a killed service end once the next take has begun. */
async function gone(pids: readonly number[]): Promise<void> {
  const alive = () =>
    pids.filter((pid) => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    })
  await expect.poll(alive, { timeout: 20_000 }).toEqual([])
}

type Playlist = NonNullable<ParsedPlaylist['playlist']>

/** Wall time between the end of the segment before a border and its first picture. */
function lostSec(playlist: Playlist | undefined, border: Playlist['segments'][number] | undefined): number {
  const before = border && playlist?.segments[playlist.segments.indexOf(border) - 1]
  const end = (before?.programDateTime?.getTime() ?? 0) + (before?.duration ?? 0) * 1000
  return ((border?.programDateTime?.getTime() ?? Number.NaN) - end) / 1000
}

/** Looks at every version of a playlist in its folder, also while no service runs. */
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
      await sleep(50)
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
