import { ulid } from 'ulid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceParts } from '../../src/bin/wire-service.ts'
import {
  DELETE_QUEUE,
  DUE_QUEUE,
  HEARTBEAT_SEC,
  QUEUES,
  TAKE_EXPIRE_SEC,
  TAKE_QUEUE,
  WEBHOOK_QUEUE,
} from '../../src/engine/queues.ts'
import { createRecordings, createWriter, LATEST_START_MS, type RecordingRecord } from '../../src/recording/index.ts'
import { SCRIPTED_RECORDER } from '../bin/scripted-service.ts'
import { ServiceFolder } from '../kit/service/service-folder.ts'
import { aRecord, SPEC } from '../recording/records.ts'
import { startReceiver } from '../webhooks/receiver.ts'
import { missHeartbeat, retryAtOnce } from './dead-worker.ts'
import { QUICK_TIMES } from './quick-times.ts'

/** A sweep, and the start of a script, on a busy machine. */
const TAKEN_MS = 15_000
/** Webhooks without a job, and dead workers, are looked for every second at least. */
const DELIVERED_MS = 15_000

let folder: ServiceFolder
let core: ServiceParts
const undo = new AsyncDisposableStack()
beforeAll(async () => {
  folder = undo.use(await ServiceFolder.make({}, { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }))
  core = undo.use(await folder.open())
})
afterAll(() => undo.disposeAsync())

/** How many jobs of a queue are open for these recordings; other tests leave theirs behind. */
const count = async (queue: string, ...ids: string[]): Promise<number> => {
  const text = `SELECT count(*)::int AS count FROM pgboss.job WHERE name = $1 AND data->>'recordingId' = ANY($2)
    AND state IN ('created', 'retry', 'active')`
  const { rows } = await core.engine.boss.getDb().executeSql(text, [queue, ids])
  return rows[0].count
}
const { webhooks: _, ...QUIET } = SPEC
const recordOf = (change: Partial<RecordingRecord>): RecordingRecord =>
  aRecord({ id: `rec_${ulid()}`, spec: QUIET, ...change })

describe('a worker', () => {
  test('records what came due while nobody was there, and fails what is too late', async () => {
    const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
    const [due, late] = [recordOf({ createdAt: ago(100_000) }), recordOf({ createdAt: ago(LATEST_START_MS + 60_000) })]
    for (const record of [due, late]) await core.repository.insert({ record, events: [] })
    await using _worker = await folder.work(core)
    const recordings = createRecordings({ ...core.recordingsPorts, rooms: { publish: async () => {} } })
    const dueOne = () => recordings.get(due.id)
    await expect.poll(dueOne, { timeout: TAKEN_MS }).toMatchObject({ state: 'recording' })
    expect(await recordings.get(late.id)).toMatchObject({ state: 'failed', error: { code: 'capacity.exhausted' } })
    await recordings.stop(due.id)
    await expect.poll(dueOne, { timeout: TAKEN_MS }).toMatchObject({ state: 'completed' })
  })

  test('delivers to webhooks what a dead one had begun with, and what could not be queued', async () => {
    await using receiver = await startReceiver(() => ({ status: 204 }))
    const webhooks = [{ url: receiver.url, secret: 'a-secret-of-16-or-more' }]
    const ended = () => recordOf({ state: 'completed', endedAt: new Date().toISOString(), spec: { ...SPEC, webhooks } })
    const [begun, unqueued] = [ended(), ended()]
    await core.writer.insert({ record: begun, facts: [{ type: 'recording.state' }] })
    expect(await core.engine.boss.fetch(WEBHOOK_QUEUE)).toHaveLength(1)
    await missHeartbeat(core.database, WEBHOOK_QUEUE)
    await retryAtOnce(core.database, WEBHOOK_QUEUE)
    await using _worker = await folder.work(core)
    const { repository, clock, publicUrl } = core.recordingsPorts
    const muted = createWriter({ repository, clock, publicUrl, webhookQueue: { enqueue: async () => {} } })
    await muted.insert({ record: unqueued, facts: [{ type: 'recording.state' }] })
    const told = () => receiver.received.map(({ body }) => JSON.parse(body).recordingId).sort()
    await expect.poll(told, { timeout: DELIVERED_MS }).toEqual([begun.id, unqueued.id].sort())
  })

  test('waits no longer for a webhook because of the event before, however often that one was tried', async () => {
    await using receiver = await startReceiver((index) => ({ status: index === 0 || index === 2 ? 500 : 204 }))
    const webhooks = [{ url: receiver.url, secret: 'a-secret-of-16-or-more' }]
    const record = recordOf({ state: 'completed', endedAt: new Date().toISOString(), spec: { ...SPEC, webhooks } })
    const waiting = async (): Promise<readonly number[]> => {
      const text = `SELECT retry_count FROM pgboss.job WHERE name = $1 AND data->>'recordingId' = $2 AND state = 'retry'`
      const { rows } = await core.engine.boss.getDb().executeSql(text, [WEBHOOK_QUEUE, record.id])
      return rows.map(({ retry_count }) => retry_count)
    }
    await using _worker = await folder.work(core)
    await core.writer.insert({ record, facts: [{ type: 'recording.state' }, { type: 'recording.state' }] })
    await expect.poll(waiting, { timeout: DELIVERED_MS }).toEqual([0])
    await expect.poll(() => receiver.received.length, { timeout: DELIVERED_MS }).toBe(3)
    await expect.poll(waiting, { timeout: DELIVERED_MS }).toEqual([0])
  })
})

describe('a queue', () => {
  test('of webhooks gets a job for what has none, and no second one for what is tried again later', async () => {
    const { boss, webhookQueue } = core.engine
    const due = { recordingId: `rec_${ulid()}`, webhook: 0 }
    await webhookQueue.enqueueLost([due])
    const [job] = await boss.fetch(WEBHOOK_QUEUE)
    await webhookQueue.enqueueLost([due])
    await boss.fail(WEBHOOK_QUEUE, job?.id ?? '')
    await webhookQueue.enqueueLost([due])
    expect(await count(WEBHOOK_QUEUE, due.recordingId)).toBe(1)
  })

  test('of deletions holds one job for each recording, whether it waits, runs, or is tried again later', async () => {
    const { boss, deletionQueue } = core.engine
    const id = `rec_${ulid()}`
    await deletionQueue.enqueue(id)
    await deletionQueue.enqueue(id)
    const [job] = await boss.fetch(DELETE_QUEUE)
    await deletionQueue.enqueue(id)
    await boss.fail(DELETE_QUEUE, job?.id ?? '')
    await deletionQueue.enqueue(id)
    const other = `rec_${ulid()}`
    await deletionQueue.enqueue(other)
    expect(await count(DELETE_QUEUE, id, other)).toBe(2)
  })

  test('that an earlier version made gets the options of this one', async () => {
    await undo.disposeAsync()
    await using again = await ServiceFolder.make({}, { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES })
    {
      await using earlier = await again.open()
      for (const { name } of QUEUES) {
        await earlier.engine.boss.updateQueue(name, { heartbeatSeconds: null, retryLimit: 3, expireInSeconds: 60 })
      }
    }
    await using later = await again.open()
    const queues = new Map((await later.engine.boss.getQueues()).map((queue) => [queue.name, queue]))
    for (const { name, retryLimit, policy } of QUEUES) {
      expect(queues.get(name)).toMatchObject({ retryLimit, policy, heartbeatSeconds: HEARTBEAT_SEC })
    }
    expect(queues.get(DUE_QUEUE)?.heartbeatSeconds).toBe(HEARTBEAT_SEC)
    expect(queues.get(TAKE_QUEUE)?.expireInSeconds).toBe(TAKE_EXPIRE_SEC)
  })
})
