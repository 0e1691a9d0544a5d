import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { ulid } from 'ulid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clipWorkerOptions } from '../../src/bin/wire-highlights.ts'
import { type ServiceParts, wireService } from '../../src/bin/wire-service.ts'
import { type Config, loadConfig } from '../../src/config/index.ts'
import { CLIP_QUEUE } from '../../src/engine/index.ts'
import { renderIndex } from '../../src/playlist/index.ts'
import type { Highlight, RecordingState } from '../../src/protocol/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { startClipWorker } from '../../src/worker/index.ts'
import { makeDataDir } from '../kit/service/prepared-databases.ts'
import { evenSegments } from '../playlist/segments.ts'
import { aRecord } from '../recording/records.ts'
import { retryAtOnce } from './dead-worker.ts'
import { QUICK_TIMES } from './quick-times.ts'
import type { Played } from './scripted-clipper.ts'

const START = Date.UTC(2026, 10, 21, 9)
const at = (sec: number) => new Date(START + sec * 1000).toISOString()
const SCRIPT = fileURLToPath(new URL('./scripted-clipper.ts', import.meta.url))
/** Several processes and retries, on a machine that does other things too. */
const PATIENCE = { timeout: 25_000, interval: 50 }
const MAX_CLIPS = 2

let dir: string
let config: Config
let core: ServiceParts
const log: string[] = []

const open = () =>
  wireService(config, {
    clipperScript: SCRIPT,
    times: QUICK_TIMES,
    logger: createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } }),
  })
const work = () => startClipWorker(clipWorkerOptions(core, config, () => false))

beforeAll(async () => {
  dir = await makeDataDir()
  await mkdir(join(dir, 'store'))
  config = loadConfig({ PANOREC_DATA_DIR: dir, PANOREC_STORE: join(dir, 'store'), PANOREC_MAX_CLIPS: `${MAX_CLIPS}` })
  core = await open()
})
afterAll(async () => {
  await core?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(() => rm(join(dir, 'store', 'played'), { force: true }))

/** A recording made by hand, with twenty seconds of segments in the store. */
async function record(state: RecordingState = 'completed', segments = 10): Promise<string> {
  const endedAt = state === 'completed' ? at(20) : null
  const recording = aRecord({ id: `rec_${ulid()}`, state, startedAt: at(0), endedAt })
  await core.repository.insert({ record: recording, events: [] })
  await stores(recording.id, segments)
  return recording.id
}

async function stores(recordingId: string, segments: number): Promise<void> {
  const text = renderIndex(evenSegments(segments), { targetDurationSec: 3, ended: segments === 10 })
  await core.store.put(`${recordingId}/index.m3u8`, new TextEncoder().encode(text))
}

async function plays(...lines: string[]): Promise<void> {
  await writeFile(join(dir, 'store', 'plays'), lines.join('\n'))
}

async function played(): Promise<readonly Played[]> {
  const text = await readFile(join(dir, 'store', 'played'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Played)
}

async function ends({ id }: Highlight, state: Highlight['state']): Promise<Highlight> {
  await expect.poll(async () => (await core.highlights.get(id)).state, PATIENCE).toBe(state)
  return await core.highlights.get(id)
}

const clipOf = ({ recordingId, id }: Highlight) => join(dir, 'store', recordingId, 'highlights', id, 'clip.mp4')

test('a clip function that is killed half way is run again, and nothing half-written is there meanwhile', async () => {
  await plays('killed', 'crash', '')
  const highlight = await core.highlights.trigger(await record(), { at: at(10), preSec: 4, postSec: 3 })
  await retryAtOnce(core.database, CLIP_QUEUE)
  await using _worker = await work()
  let early = false
  while ((await played()).length < 2) {
    early ||= existsSync(clipOf(highlight))
    await sleep(20)
  }
  expect(early).toBe(false)
  const ready = await ends(highlight, 'ready')
  expect(ready).toMatchObject({ durationSec: 7, bytes: 6, error: null })
  const runs = await played()
  expect(runs.map(({ play }) => play)).toEqual(['killed', 'crash', ''])
  expect(runs.map(({ nice }) => nice)).toEqual([10, 10, 10])
  const session = existsSync('/proc/self/autogroup') ? 10 : null
  expect(runs.map(({ sessionNice }) => sessionNice)).toEqual([session, session, session])
  expect(runs.map(({ secretsSeen }) => secretsSeen)).toEqual([[], [], []])
  for (const run of runs) {
    expect(basename(run.tmpdir)).toMatch(/^panorec-clip-/)
    expect(existsSync(run.tmpdir)).toBe(false)
  }
  expect(log.some((line) => line.includes('clipper.crashed') && line.includes('boom: the last words'))).toBe(true)
})

test('a clip that fails again and again leaves its highlight failed, with the reason', async () => {
  await plays('fail')
  const highlight = await core.highlights.trigger(await record(), { at: at(10) })
  const lastAttempt = sql`update pgboss.job set retry_count = 5 where name = 'highlight.clip' and state = 'created'`
  await core.database.run((queries) => queries.execute(lastAttempt))
  await using _worker = await work()
  const failed = await ends(highlight, 'failed')
  expect(failed.error).toEqual({ code: 'clip.wrong-media', message: 'as the script says' })
  const text = await core.metrics.registry.metrics()
  expect(text).toContain('panorec_highlights_total{outcome="clip.wrong-media"} 1')
})

test('a clip that no repetition can make is not tried again', async () => {
  await plays('hopeless')
  const highlight = await core.highlights.trigger(await record(), { at: at(10) })
  await using _worker = await work()
  const failed = await ends(highlight, 'failed')
  expect(failed.error?.code).toBe('store.not-found')
  expect(await played()).toHaveLength(1)
})

test('no more clips are cut at once than the setting says', async () => {
  await plays(...Array<string>(8).fill('slow'))
  const recordingId = await record()
  const highlights: Highlight[] = []
  for (let sec = 5; sec < 9; sec += 1) highlights.push(await core.highlights.trigger(recordingId, { at: at(sec) }))
  await using _worker = await work()
  for (const highlight of highlights) await ends(highlight, 'ready')
  const runs = await played()
  expect(runs).toHaveLength(highlights.length)
  const atOnce = runs.map(({ beginMs }) => runs.filter((run) => run.beginMs <= beginMs && run.endMs > beginMs).length)
  expect(Math.max(...atOnce)).toBe(MAX_CLIPS)
})

test('a clip function waits for its job from the trigger on, and ends after it', async () => {
  await plays()
  const recordingId = await record('recording', 9)
  await using _worker = await work()
  const highlight = await core.highlights.trigger(recordingId, { at: at(10), preSec: 2, postSec: 9 })
  expect(highlight.state).toBe('waiting')
  const SPARE_MS = 1500
  await sleep(SPARE_MS)
  await stores(recordingId, 10)
  core.clipSchedule.storedUntil(recordingId, START + 20_000)
  await ends(highlight, 'ready')
  const [run, ...others] = await played()
  expect(others).toEqual([])
  expect(run?.ageMs).toBeGreaterThan(SPARE_MS / 3)
})

test('a worker that stops leaves its clips to the next one, and a service that starts plans what waited', async () => {
  await plays('hang', '', '')
  const cutting = await core.highlights.trigger(await record(), { at: at(10) })
  const recordingId = await record('recording', 9)
  const waiting = await core.highlights.trigger(recordingId, { at: at(10), preSec: 2, postSec: 9 })
  expect(waiting.state).toBe('waiting')
  const first = await work()
  await expect.poll(async () => (await readFile(join(dir, 'store', 'plays'), 'utf8')).length, PATIENCE).toBeLessThan(4)
  await first[Symbol.asyncDispose]()
  await core[Symbol.asyncDispose]()
  core = await open()
  await stores(recordingId, 10)
  await using _worker = await work()
  expect(await ends(waiting, 'ready')).toMatchObject({ from: at(8), to: at(19) })
  await ends(cutting, 'ready')
})

test('a recap is made by the same functions', async () => {
  await plays()
  const recordingId = await record()
  await using _worker = await work()
  await ends(await core.highlights.trigger(recordingId, { at: at(10) }), 'ready')
  const { id } = await core.highlights.recap(recordingId, {})
  await expect.poll(async () => (await core.highlights.getRecap(id)).state, PATIENCE).toBe('ready')
})
