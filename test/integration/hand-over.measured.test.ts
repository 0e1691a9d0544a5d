import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startScriptedService } from '../bin/scripted-service.ts'
import { LiveClass, readFilm } from '../kit/index.ts'
import { slipAt } from '../recorder/hand-overs.ts'

const RECORDER = fileURLToPath(new URL('../../src/bin/recorder.ts', import.meta.url))
const FPS = 25
const SIZE = { width: 320, height: 180 }
/** The shortest there is: the next take takes over some 35 s before it, or as soon as a busy machine has it ready. */
const MAX_TAKE_SEC = 60
const POLL = { timeout: 120_000, interval: 200 }
const CLIP_SEC = 180
const AFTER_MS = 4000
const AROUND = 12

test('a recording with `maxTakeSec` goes on in a new recorder, frame by frame', async () => {
  await using live = await LiveClass.start(2, CLIP_SEC)
  // The place of one recording is enough for the two recorders of a hand-over.
  await using service = await startScriptedService({ PANOREC_MAX_RECORDINGS: '1' }, { recorderScript: RECORDER })
  const { id } = await service.start({
    sources: live.sources,
    layout: { name: 'grid', labels: false },
    video: { ...SIZE, fps: FPS, bitrateKbps: 400 },
    segmentSec: 1,
    maxTakeSec: MAX_TAKE_SEC,
  })
  await service.reaches(id, 'recording', POLL.timeout)
  const states = new Set<string>()
  const look = async () => {
    const { body } = await service.call('GET', `/v1/recordings/${id}`)
    states.add(body.state)
    return body.takes
  }
  await expect.poll(async () => (await look()).length, POLL).toBe(2)
  await expect.poll(async () => (await look())[1].segments, POLL).toBeGreaterThan(0)
  await sleep(AFTER_MS)
  await service.call('POST', `/v1/recordings/${id}/stop`)
  const done = await service.reaches(id, 'completed', POLL.timeout)
  expect([...states]).toEqual(['recording'])
  expect(done).toMatchObject({ error: null, takes: [{ error: null }, { error: null }] })

  const handedOver = service.log.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'the next take takes over')
  const inStep = handedOver.sources.filter((source: { inStep: boolean }) => source.inStep)
  const input = join(service.config.dataDir, 'recordings', id, 'index.m3u8')
  const film = await readFilm({ input, size: SIZE, patterns: live.patterns })
  const border = Math.round((done.takes[0]?.durationSec ?? 0) * FPS)
  const slips = inStep.map(({ sourceId }: { sourceId: string }) => {
    const source = live.sources.findIndex(({ id: other }) => other === sourceId)
    return slipAt(film, source, border, AROUND)
  })
  expect(slips.length).toBeGreaterThan(0)
  expect(slips.filter((slip: number) => slip !== 0)).toEqual([])
})
