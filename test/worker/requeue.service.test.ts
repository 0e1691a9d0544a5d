import { ulid } from 'ulid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ServiceParts } from '../../src/bin/wire-service.ts'
import type { RecordingState } from '../../src/protocol/index.ts'
import { createRecordings } from '../../src/recording/index.ts'
import { SCRIPTED_RECORDER } from '../bin/scripted-service.ts'
import { ServiceFolder } from '../kit/service/service-folder.ts'
import { aRecord } from '../recording/records.ts'
import { QUICK_TIMES } from './quick-times.ts'

/** A sweep, and a start, on a busy machine. */
const REQUEUED_MS = 10_000

let core: ServiceParts
const undo = new AsyncDisposableStack()
beforeAll(async () => {
  const settings = { PANOREC_MAX_RECORDINGS: '1' }
  const folder = undo.use(await ServiceFolder.make(settings, { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }))
  core = undo.use(await folder.open())
  undo.use(await folder.work(core))
})
afterAll(() => undo.disposeAsync())

/** A recording whose only take nobody has any more, and for which nothing is queued. */
async function left(state: RecordingState): Promise<string> {
  const now = new Date().toISOString()
  const take = { number: 1, startedAt: now, firstPictureAt: now, aliveAt: now, segments: 0, durationSec: 0, bytes: 0 }
  const endedAt = state === 'recovering' || state === 'finalizing' ? now : null
  const error = endedAt === null ? null : { code: 'recorder.crashed', message: 'as the test says' }
  const takes = [{ ...take, endedAt, error }]
  const record = aRecord({ id: `rec_${ulid()}`, state, createdAt: now, startedAt: now, takes })
  await core.repository.insert({ record, events: [] })
  return record.id
}

test('every open recording that lost its job is carried on while the worker runs, on a full machine too', async () => {
  const states: RecordingState[] = ['recovering', 'starting', 'recording', 'paused']
  const ids: string[] = []
  for (const state of states) ids.push(await left(state))
  const ending = await left('finalizing')
  const recordings = createRecordings({ ...core.recordingsPorts, rooms: { publish: async () => {} } })
  for (const id of ids) {
    const runs = async () => (await recordings.get(id)).takes.length === 2 && (await recordings.get(id)).state
    await expect.poll(runs, { timeout: REQUEUED_MS }).toBe('recording')
  }
  await expect
    .poll(async () => (await recordings.get(ending)).state, { timeout: REQUEUED_MS * 2 })
    .toMatch(/completed|failed/)
  for (const id of ids) await recordings.stop(id)
  for (const id of ids) {
    await expect.poll(async () => (await recordings.get(id)).state, { timeout: REQUEUED_MS }).toBe('completed')
  }
}, 60_000)

test('a recording that waits to be closed has a job', async () => {
  const { takeQueue } = core.engine
  const [closing, left] = [`rec_${ulid()}`, `rec_${ulid()}`]
  await takeQueue.enqueueClose(closing)
  expect(await takeQueue.withoutJob([closing, left])).toEqual([left])
  expect(await takeQueue.withoutJob([])).toEqual([])
})
