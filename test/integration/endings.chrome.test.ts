import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { descendants, type Film, LiveClass, measureCadence, readFilm } from '../kit/index.ts'
import type { RecordingCall } from '../kit/service/recording-call.ts'
import { TestService } from '../kit/service/test-service.ts'

/** Two segments of two seconds are stored by then. */
const RECORD_MS = 5000
const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 400 }
const CLIP_SEC = 120

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

/** What is stored plays, from the beginning to shortly before the end, in a closed playlist. */
async function watch(call: RecordingCall): Promise<Film> {
  expect(await call.index()).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD[\s\S]*#EXT-X-ENDLIST\n$/)
  const film = await readFilm({ input: call.indexUrl, size: VIDEO, patterns: live.patterns })
  expect(film.complaints).toEqual([])
  return film
}

describe('a source that never starts', () => {
  test('does not hold up the recording of the others', async () => {
    const nowhere = { id: 'nowhere', type: 'hls' as const, url: 'http://127.0.0.1:9/live.m3u8' }
    const call = await service.post({ sources: [...live.sources, nowhere], video: VIDEO })
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
    const call = await service.post({ sources: live.sources, video: VIDEO })
    expect((await call.stop()).state).toBe('completed')
    const commands = [...(await descendants(process.pid)).values()]
    expect(commands.filter((command) => command.includes('chrom'))).toEqual([])
  })
})
