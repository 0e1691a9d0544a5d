import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Highlight } from '../../src/protocol/index.ts'
import { descendants, LiveClass, parsePlaylist, playInChrome, readFilm } from '../kit/index.ts'
import type { RecordingCall } from '../kit/service/recording-call.ts'
import { TestService } from '../kit/service/test-service.ts'
import { readRecordedTime } from '../kit/watch/recorded-time.ts'

const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 400 }
const FRAME_MS = 40
const RUN_MS = 4000
const PAUSE_MS = 3000
const READY_MS = 60_000
/** A player loads a playlist before it finds that there is more. */
const WATCH_SEC = 14

let service: TestService
let live: LiveClass
beforeAll(async () => {
  service = await TestService.start({ PANOREC_LOG_LEVEL: 'silent' })
  live = await LiveClass.start(1, 120)
})
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await live?.[Symbol.asyncDispose]()
})

async function trigger(call: RecordingCall, body: object): Promise<Highlight> {
  const response = await fetch(`${service.url}/v1/recordings/${call.id}/highlights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as Highlight
}
const spec = () => ({
  sources: live.sources,
  layout: { name: 'grid' as const, labels: false },
  video: VIDEO,
  segmentSec: 1,
})
const liveText = (call: RecordingCall) => readFile(join(service.recordingDir(call.id), 'live.m3u8'), 'utf8')

test('a paused class records nothing, a clip over the pause is one film that says so, and live players go on', async () => {
  const call = await service.post(spec())
  await call.running()
  await sleep(RUN_MS)
  const paused = await call.pause()
  expect(paused).toMatchObject({ state: 'paused', pausedAt: expect.any(String) })
  expect((await call.pause()).pausedAt).toBe(paused.pausedAt)
  await sleep(1000)
  const before = await liveText(call)
  const watching = playInChrome(`${service.url}${paused.links.live}`, { seconds: WATCH_SEC })
  const asked = await trigger(call, { preSec: 6, postSec: 5 })
  await sleep(PAUSE_MS)
  expect(await liveText(call)).toBe(before)
  const resumed = await call.resume()
  expect(resumed).toMatchObject({ state: 'recording', pausedAt: null })
  await sleep(RUN_MS)
  const viewing = await watching
  expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])

  const read = async () => (await (await fetch(`${service.url}/v1/highlights/${asked.id}`)).json()) as Highlight
  await expect.poll(async () => (await read()).state, { timeout: READY_MS }).toBe('ready')
  const highlight = await read()
  const [gap, ...more] = highlight.gaps
  expect(more).toEqual([])
  expect(Math.abs(Date.parse(gap?.from ?? '') - Date.parse(paused.pausedAt ?? ''))).toBeLessThanOrEqual(FRAME_MS + 1)

  const gone = await call.pause()
  expect(gone.state).toBe('paused')
  const done = await call.stop()
  expect(done).toMatchObject({ pausedAt: null, error: null, takes: [{ error: null }] })

  const dir = service.recordingDir(call.id)
  const recorded = await readRecordedTime(dir, {
    size: VIDEO,
    pattern: live.patterns[0] ?? expect.unreachable(),
    fps: VIDEO.fps,
  })
  expect(recorded.parts.length).toBe(2)
  const [first, second] = recorded.parts
  const heldMs = (second?.fromMs ?? 0) - (first?.toMs ?? 0)
  expect(heldMs).toBeGreaterThan(PAUSE_MS)
  const film = await readFilm({
    input: join(dir, 'highlights', asked.id, 'clip.mp4'),
    size: VIDEO,
    patterns: live.patterns,
  })
  expect(film.complaints).toEqual([])
  const lengthMs = Date.parse(highlight.to) - Date.parse(highlight.from) - heldMs
  expect(Math.abs(film.pictures.length * FRAME_MS - lengthMs)).toBeLessThanOrEqual(2 * FRAME_MS)
})

test('a pause outlives the Chrome of its take, and one that comes early holds from the first picture', async () => {
  const call = await service.post(spec())
  const early = await call.pause()
  expect(early.pausedAt).toEqual(expect.any(String))
  await call.reach('paused')
  expect((await call.resume()).state).toBe('recording')
  await sleep(RUN_MS)
  const { pausedAt } = await call.pause()
  await sleep(1000)
  for (const [pid, command] of await descendants(process.pid)) {
    if (command.includes('chrom') && !command.includes('--type=')) process.kill(pid, 'SIGKILL')
  }
  await call.until('a second take', ({ takes }) => takes.length === 2)
  await call.reach('paused')
  await sleep(PAUSE_MS)
  expect(await call.get()).toMatchObject({ state: 'paused', pausedAt, takes: [{}, { segments: 0, error: null }] })
  await call.resume()
  await sleep(RUN_MS)
  const done = await call.stop()
  const text = await readFile(join(service.recordingDir(call.id), 'index.m3u8'), 'utf8')
  const { playlist, faults } = parsePlaylist(text)
  expect(faults).toEqual([])
  const fromMs = Date.parse(pausedAt ?? '')
  const begins = playlist?.segments.map(({ programDateTime }) => programDateTime?.getTime() ?? 0) ?? []
  expect(begins.filter((ms) => ms >= fromMs && ms < fromMs + PAUSE_MS)).toEqual([])
  expect(begins.at(-1)).toBeGreaterThan(fromMs)
  expect(done.takes).toMatchObject([{ error: { code: expect.any(String) } }, { error: null }])
})
