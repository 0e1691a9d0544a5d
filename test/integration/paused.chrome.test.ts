import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findTakeChrome } from '../conformance/classes/processes.ts'
import { LiveClass, parsePlaylist } from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'

const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 400 }
const SOURCE_SEC = 120
/** Two segments are stored by then. */
const RUN_MS = 2500
const PAUSE_MS = 2000

test('a pause outlives the Chrome of its take, which records nothing until it is resumed, and a paused class can be stopped', async () => {
  await using live = await LiveClass.start(1, SOURCE_SEC)
  await using service = await TestService.start()
  const call = await service.post({
    sources: live.sources,
    layout: { name: 'grid', labels: false },
    video: VIDEO,
    segmentSec: 1,
  })
  await call.running()
  await sleep(RUN_MS)
  const { pausedAt } = await call.pause()
  process.kill(await findTakeChrome(service.config.dataDir, call.id), 'SIGKILL')
  await call.until('a second take', ({ takes }) => takes.length === 2)
  await call.reach('paused')
  await sleep(PAUSE_MS)
  expect(await call.get()).toMatchObject({ state: 'paused', pausedAt, takes: [{}, { segments: 0, error: null }] })
  expect((await call.resume()).state).toBe('recording')
  await sleep(RUN_MS)
  expect((await call.pause()).state).toBe('paused')
  const done = await call.stop()

  expect(done).toMatchObject({ pausedAt: null, error: null })
  expect(done.takes).toMatchObject([{ error: { code: expect.any(String) } }, { error: null }])
  const text = await readFile(join(service.recordingDir(call.id), 'index.m3u8'), 'utf8')
  const { playlist, faults } = parsePlaylist(text)
  expect(faults).toEqual([])
  const fromMs = Date.parse(pausedAt ?? '')
  const begins = playlist?.segments.map(({ programDateTime }) => programDateTime?.getTime() ?? 0) ?? []
  expect(begins.filter((ms) => ms >= fromMs && ms < fromMs + PAUSE_MS)).toEqual([])
  expect(begins.at(-1)).toBeGreaterThan(fromMs)
})
