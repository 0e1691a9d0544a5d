import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { descendants, LiveClass, patternOf, readFilm } from '../kit/index.ts'
import { PanorecProcess } from '../kit/service/panorec-process.ts'
import { RecordingCall } from '../kit/service/recording-call.ts'
import { testSettings } from '../kit/service/test-settings.ts'
import { picturesBetween, readRecordedTime } from '../kit/watch/recorded-time.ts'

const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 500 }
const SOURCE_SEC = 180
/** Four segments are stored by then. */
const SEGMENT_SEC = 1
const RECORD_MS = 5000
/** Clips of a service that was killed are found by their missing heartbeats, and repeated with growing delays. */
const READY = { timeout: 120_000, interval: 250 }
/** A clip that waits longer for its end than a service takes to start. */
const WAITS_SEC = 16
/** Some clips are cut by then, and some are not. */
const CUTTING_MS = 400

test('highlights that wait or are being cut when the whole service is killed become ready after its next start', async () => {
  await using live = await LiveClass.start(1, SOURCE_SEC)
  const dataDir = await mkdtemp(join(tmpdir(), 'panorec-highlight-faults-'))
  await using undo = new AsyncDisposableStack()
  undo.defer(async () => {
    // A worker that is killed just when a child of it has ended leaves that child's folder to the system.
    const folders = [dataDir, ...(await workFolders()).map((name) => join(tmpdir(), name))]
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })
  const service = undo.use(
    await PanorecProcess.start({ settings: { ...testSettings(dataDir), PANOREC_LOG_LEVEL: 'error' } }),
  )
  const { recordings, highlights } = createClient({ baseUrl: service.url })
  const call = new RecordingCall(
    service.url,
    await recordings.start({
      sources: live.sources,
      layout: { name: 'single', labels: false },
      video: VIDEO,
      segmentSec: SEGMENT_SEC,
    }),
    Date.now(),
  )
  const isTake = (take: number) => (recording: Recording) =>
    recording.state === 'recording' && recording.takes.length === take && recording.sources[0]?.state === 'live'
  const trigger = (agoMs: number, preSec: number, postSec: number) =>
    highlights.trigger(call.id, { at: new Date(Date.now() - agoMs).toISOString(), preSec, postSec })
  const killAndStart = async () => {
    await sleep(CUTTING_MS)
    const orphans = [...(await descendants(service.pid)).keys()]
    await service.end('SIGKILL')
    await service.start()
    return orphans
  }

  await call.until('its first take', isTake(1))
  await sleep(RECORD_MS)
  const waiting = await trigger(0, 4, WAITS_SEC)
  for (const agoMs of [3000, 3500, 4000]) await trigger(agoMs, 2, 1)
  const orphans = await killAndStart()
  expect((await highlights.get(waiting.id)).state).toBe('waiting')
  await call.until('its second take', isTake(2))
  await trigger(0, 3, 1)
  await expect.poll(async () => (await highlights.get(waiting.id)).state, READY).toBe('ready')
  await call.stop()
  for (const agoMs of [8000, 9000, 10_000]) await trigger(agoMs, 3, 2)
  orphans.push(...(await killAndStart()))

  const list = async () => (await highlights.list({ recordingId: call.id })).items
  const isOpen = ({ state }: Highlight) => state === 'waiting' || state === 'cutting'
  await expect.poll(async () => (await list()).filter(isOpen), READY).toEqual([])
  await expect.poll(() => orphans.filter(isAlive), READY).toEqual([])
  const clips = await list()
  expect(clips.map(({ state, error }) => ({ state, error }))).toEqual(
    clips.map(() => ({ state: 'ready', error: null })),
  )
  expect(clips).toHaveLength(8)
  const dir = join(dataDir, 'recordings', call.id)
  const recorded = await readRecordedTime(dir, { size: VIDEO, patterns: [patternOf(0)], fps: VIDEO.fps })
  for (const { id, from, to } of clips) {
    const input = join(dir, 'highlights', id, 'clip.mp4')
    const film = await readFilm({ input, size: VIDEO, patterns: live.patterns })
    expect(film.complaints).toEqual([])
    const range = { fromMs: Date.parse(from), toMs: Date.parse(to), fps: VIDEO.fps }
    const expected = picturesBetween(recorded, range).map(({ counters }) => counters[0])
    expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(expected)
  }
})

async function workFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^panorec-(take|clip)-/.test(name))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
