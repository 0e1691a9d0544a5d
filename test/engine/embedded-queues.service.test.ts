import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceParts } from '../../src/bin/wire-service.ts'
import {
  CLIP_QUEUE,
  DELETE_QUEUE,
  DUE_QUEUE,
  FINALIZE_QUEUE,
  HEARTBEAT_SEC,
  RECAP_QUEUE,
  SCHEDULE_QUEUE,
  WEBHOOK_QUEUE,
} from '../../src/engine/queues.ts'
import { AppError } from '../../src/protocol/index.ts'
import { quantile } from '../kit/index.ts'
import { ServiceFolder } from '../kit/service/service-folder.ts'

/** Nobody is given a job by a poll within the time of a test. */
const SETTINGS = { pollSec: 25 }
const JOBS = 20
const EVERY_MS = 60
/** From the call to the worker. */
const AT_ONCE_MS = 100
/** A first retry comes after `retryDelay` of its queue, which pg-boss spreads over half of it and more. */
const RETRIED_MS = 6000
const LATER_SEC = 2
const LATE_MS = 1000

describe('queues in an embedded database, whose consumers poll every half minute', () => {
  let folder: ServiceFolder
  let parts: ServiceParts
  beforeAll(async () => {
    folder = await ServiceFolder.make()
    parts = await folder.open()
  })
  afterAll(async () => {
    await parts?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  test('give a job to a worker at once', async () => {
    const begun = new Map<string, number>()
    await using _consumer = await parts.engine.work(DELETE_QUEUE, SETTINGS, async ({ data }) => {
      begun.set(data.recordingId, performance.now())
    })
    await sleep(EVERY_MS)
    const delays: number[] = []
    for (let n = 0; n < JOBS; n += 1) {
      const id = `rec_${n}`
      const sentAtMs = performance.now()
      await parts.engine.deletionQueue.enqueue(id)
      await expect.poll(() => begun.has(id), { timeout: RETRIED_MS, interval: 5 }).toBe(true)
      delays.push((begun.get(id) ?? 0) - sentAtMs)
      await sleep(EVERY_MS)
    }
    expect(quantile(delays, 0.5)).toBeLessThan(AT_ONCE_MS)
  })

  test('give those that came while a worker was busy to it one after the other', async () => {
    const done: string[] = []
    await using _consumer = await parts.engine.work(RECAP_QUEUE, SETTINGS, async ({ data }) => {
      await sleep(EVERY_MS)
      done.push(data.recapId)
    })
    const ids = ['a', 'b', 'c', 'd', 'e']
    for (const recapId of ids) await parts.engine.clipQueue.enqueueRecap({ recordingId: 'rec_a', recapId })
    await expect.poll(() => [...done].sort(), { timeout: RETRIED_MS }).toEqual(ids)
  })

  test('repeat a job that failed when its delay is over', async () => {
    const attempts: number[] = []
    await using _consumer = await parts.engine.work(CLIP_QUEUE, SETTINGS, async ({ retryCount }) => {
      attempts.push(retryCount)
      if (retryCount === 0) throw new AppError('internal', 'the first attempt fails')
    })
    await parts.engine.clipQueue.enqueueClip({ recordingId: 'rec_a', highlightId: 'hl_a' })
    await expect.poll(() => attempts, { timeout: RETRIED_MS }).toEqual([0, 1])
  })

  test('begin a job that is to start later at its time', async () => {
    const begun: number[] = []
    await using _consumer = await parts.engine.work(FINALIZE_QUEUE, SETTINGS, async () => {
      begun.push(performance.now())
    })
    const sentAtMs = performance.now()
    await parts.engine.enqueueFinalize('rec_later', LATER_SEC)
    await expect.poll(() => begun.length, { timeout: LATER_SEC * 1000 + LATE_MS }).toBe(1)
    expect((begun[0] ?? 0) - sentAtMs).toBeGreaterThan(LATER_SEC * 1000 - EVERY_MS)
  })

  test('what a process that was killed was at work on is tried again after the next start, by the policy of its queue', async () => {
    await parts.engine.webhookQueue.enqueue('rec_killed', 0)
    expect(await parts.engine.boss.fetch(WEBHOOK_QUEUE)).toHaveLength(1)
    await parts[Symbol.asyncDispose]()
    parts = await folder.open()
    const attempts: number[] = []
    await using _consumer = await parts.engine.work(WEBHOOK_QUEUE, SETTINGS, async ({ retryCount }) => {
      attempts.push(retryCount)
    })
    await expect.poll(() => attempts, { timeout: RETRIED_MS + RETRIED_MS }).toEqual([1])
  })

  test('a schedule that was due when the process was killed starts its recording with the next start', async () => {
    const boss = parts.engine.boss.getDb()
    const job = { name: SCHEDULE_QUEUE, data: { spec: { sources: [] } } }
    await boss.executeSql(
      `INSERT INTO pgboss.job (name, data, state, started_on, heartbeat_on, heartbeat_seconds)
       VALUES ($1, $2, 'active', now(), now(), $3)`,
      [DUE_QUEUE, JSON.stringify(job), HEARTBEAT_SEC],
    )
    await parts[Symbol.asyncDispose]()
    parts = await folder.open()
    let begun = 0
    await using _consumer = await parts.engine.work(SCHEDULE_QUEUE, SETTINGS, async () => {
      begun += 1
    })
    await expect.poll(() => begun, { timeout: RETRIED_MS }).toBe(1)
  })
})
