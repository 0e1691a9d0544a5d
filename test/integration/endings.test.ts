import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RecordingCall } from '../conformance/recording-call.ts'
import { TestService } from '../conformance/test-service.ts'
import { descendants, type Film, LiveClass, measureCadence, readFilm } from '../kit/index.ts'

const SIZE = { width: 1280, height: 720 }
/** Three segments of two seconds are stored by then. */
const RECORD_MS = 7000
/** A crash is noticed at once, the playlists are closed from the store, and a poll sees it. */
const NOTICED_MS = 10_000
const CLIP_SEC = 150
/** The rule is one segment; the one that is being stored may be lost with it. */
const LOST_MAX_SEC = 4.5

let service: TestService
let live: LiveClass
beforeAll(async () => {
  live = await LiveClass.start(1, CLIP_SEC)
  service = await TestService.start({ PANOREC_LOG_LEVEL: 'silent' })
})
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await live?.[Symbol.asyncDispose]()
})

async function record(): Promise<RecordingCall> {
  const call = await service.post({ sources: live.sources })
  await call.running()
  await sleep(RECORD_MS)
  return call
}

/** Kills the one process below this one whose command line passes. */
async function kill(isMeant: (command: string) => boolean): Promise<void> {
  const meant = [...(await descendants(process.pid))].filter(([, command]) => isMeant(command))
  expect(meant).toHaveLength(1)
  for (const [pid] of meant) process.kill(pid, 'SIGKILL')
}

async function failed(call: RecordingCall): Promise<string | undefined> {
  const deadline = performance.now() + NOTICED_MS
  for (;;) {
    const recording = await call.get()
    if (recording.state === 'failed') return recording.error?.code
    if (performance.now() > deadline) throw new Error(`still ${recording.state}`)
    await sleep(50)
  }
}

/** What is stored plays, from the beginning to shortly before the end, in a closed playlist. */
async function watch(call: RecordingCall): Promise<Film> {
  expect(await call.index()).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD[\s\S]*#EXT-X-ENDLIST\n$/)
  const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns: live.patterns })
  expect(film.complaints).toEqual([])
  return film
}

function lengthSec(film: Film): number {
  return (film.pictures.at(-1)?.ptsSec ?? 0) - (film.pictures[0]?.ptsSec ?? 0)
}

describe('a recording whose recorder is killed', () => {
  test('fails with `recorder.crashed`, and what was stored plays', async () => {
    const call = await record()
    const family = [...(await descendants(process.pid))].filter(([, command]) => command.includes('chrom'))
    await kill((command) => command.includes('recorder') && !command.includes('chrom'))
    expect(await failed(call)).toBe('recorder.crashed')
    for (const [pid] of family) await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), NOTICED_MS)
    expect(lengthSec(await watch(call))).toBeGreaterThan(RECORD_MS / 1000 - LOST_MAX_SEC)
  })
})

describe('a recording whose Chrome is killed', () => {
  test('fails with `chrome.crashed`, and what was stored plays', async () => {
    const call = await record()
    await kill((command) => command.includes('chrom') && !command.includes('--type='))
    expect(await failed(call)).toBe('chrome.crashed')
    expect(lengthSec(await watch(call))).toBeGreaterThan(RECORD_MS / 1000 - LOST_MAX_SEC)
  })
})

describe('a source that never starts', () => {
  test('does not hold up the recording of the others', async () => {
    const nowhere = { id: 'nowhere', type: 'hls' as const, url: 'http://127.0.0.1:9/live.m3u8' }
    const call = await service.post({ sources: [...live.sources, nowhere] })
    const recording = await call.until('its first source live', ({ sources }) => sources[0]?.state === 'live')
    expect(recording.sources[1]?.state).not.toBe('live')
    await sleep(RECORD_MS)
    const { state, sources } = await call.stop()
    expect(state).toBe('completed')
    expect(sources[1]).toMatchObject({ state: expect.not.stringMatching('live') })
    const film = await watch(call)
    expect(measureCadence(film, 0, { fromSec: (film.pictures[0]?.ptsSec ?? 0) + 3, toSec: 1e9 }).unreadable).toBe(0)
  })
})

describe('a recording that is stopped at once', () => {
  test('completes and leaves no recorder behind', async () => {
    const call = await service.post({ sources: live.sources })
    expect((await call.stop()).state).toBe('completed')
    const commands = [...(await descendants(process.pid)).values()]
    expect(commands.filter((command) => command.includes('chrom'))).toEqual([])
  })
})

describe('a service that ends', () => {
  test('ends its recordings in order', async () => {
    await using own = await TestService.start({ PANOREC_LOG_LEVEL: 'silent' })
    const call = await own.post({ sources: live.sources })
    await call.running()
    await sleep(RECORD_MS)
    await own.end()
    const input = `${own.recordingDir(call.id)}/index.m3u8`
    const film = await readFilm({ input, size: SIZE, patterns: live.patterns })
    expect(lengthSec(film)).toBeGreaterThan(RECORD_MS / 1000 - 0.5)
  })
})
