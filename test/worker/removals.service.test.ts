import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { loadPublication } from '../../src/archive/index.ts'
import { startRemovalWorker } from '../../src/worker/index.ts'
import { ServiceFolder } from '../kit/service/service-folder.ts'
import { evenSegments } from '../playlist/segments.ts'
import { aRecord } from '../recording/records.ts'
import { QUICK_TIMES } from './quick-times.ts'

const PATIENCE = { timeout: 15_000 }

test('media that left a rolling recording are removed by a job, and each job queues the next', async () => {
  await using undo = new AsyncDisposableStack()
  const core = undo.use(await undo.use(await ServiceFolder.make({}, { times: QUICK_TIMES })).open())
  undo.use(await startRemovalWorker(core))
  const { engine, store } = core
  const id = `rec_${ulid()}`
  await core.repository.insert({ record: aRecord({ id, state: 'recording' }), events: [] })
  const publication = await loadPublication(store, id, { segmentSec: 2, fps: 25, rollingSec: 60 })
  for (const segment of evenSegments(40)) {
    await store.put(`${id}/${segment.uri}`, new Uint8Array(188))
    publication.add(segment)
    await publication.publish({ ended: false })
  }
  await engine.enqueueRemoval(id, { marks: [{ take: 1, number: 5, dueMs: Date.now() - 1 }], afterSec: 0 })
  const isThere = async (number: number) => (await store.head(`${id}/takes/1/${number}.ts`)) !== undefined
  await expect.poll(() => isThere(4), PATIENCE).toBe(false)
  expect(await isThere(5)).toBe(true)
  const queued = async () =>
    (
      await engine.boss
        .getDb()
        .executeSql(`SELECT data FROM pgboss.job WHERE name = $1 AND state = 'created'`, ['recording.remove-old'])
    ).rows
  await expect
    .poll(queued, PATIENCE)
    .toEqual([
      { data: { recordingId: id, marks: [{ take: 1, number: expect.any(Number), dueMs: expect.any(Number) }] } },
    ])
}, 60_000)
