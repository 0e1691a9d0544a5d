import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLoneWorker } from '../../src/bin/work.ts'
import { loadConfig } from '../../src/config/index.ts'
import { LEAD_MS } from '../../src/recording/schedules/start-queue.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { createDatabase } from '../kit/service/prepared-databases.ts'
import { QUICK_TIMES } from '../worker/quick-times.ts'
import { SCRIPTED_RECORDER, type ScriptedService, startScriptedService } from './scripted-service.ts'

/** From the sweep that finds a recording overdue, on a busy machine. */
const SWEPT_MS = 10_000
/** Schedules are looked at every second, and started within one more, on a busy machine. */
const DUE_MS = 20_000
const SCHEDULED_SPEC = { sources: [{ id: 'teacher', type: 'hls', url: 'http://127.0.0.1/t.m3u8' }] }
const NOT_TAKEN_MS = 300
/** Of the database and of the test: the times of both are rounded. */
const CLOCK_MS = 100
/** A service is stopped and started again within this time, on a busy machine. */
const RESTARTED_MS = 6_000
/** Nobody waits for a heartbeat. */
const HANDED_OVER_MS = 8000
/** After its `startAt`, on a busy machine: the recorder is a process that has to be started. */
const LATE_MS = 4000

describe('a service with one slot', () => {
  let service: ScriptedService
  beforeAll(async () => {
    service = await startScriptedService({ PANOREC_MAX_RECORDINGS: '1', PANOREC_MAX_QUEUE_SEC: '30' })
  })
  afterAll(() => service?.[Symbol.asyncDispose]())
  const stop = (id: string) => service.call('POST', `/v1/recordings/${id}/stop`)
  const read = async (id: string) => (await service.call('GET', `/v1/recordings/${id}`)).body

  test('lets others wait in their order, says why, and takes the next when one ends', async () => {
    const first = await service.start({}, 'recording')
    expect((await read(first.id)).queued).toBeNull()
    const second = await service.start()
    const third = await service.start()
    const place = (position: number, since: string) => ({ position, since, reason: 'slots' })
    await expect.poll(async () => (await read(second.id)).queued?.reason, { timeout: 5000 }).toBe('slots')
    expect((await read(second.id)).queued).toEqual(place(1, second.createdAt))
    expect((await read(third.id)).queued).toEqual(place(2, third.createdAt))
    const listed = (await service.call('GET', '/v1/recordings?state=requested')).body.items
    expect(listed.map((one: { queued: unknown }) => one.queued)).toEqual([
      place(2, third.createdAt),
      place(1, second.createdAt),
    ])
    await stop(first.id)
    await service.reaches(second.id, 'recording')
    expect((await read(third.id)).queued?.position).toBe(1)
    await stop(third.id)
    expect(await read(third.id)).toMatchObject({ state: 'completed', queued: null })
    await stop(second.id)
    await service.reaches(second.id, 'completed')
  })

  test('fails what waited for too long, and says when to try again', async () => {
    const { id } = await service.start({}, 'recording')
    const late = await service.start({ maxQueueSec: 1 })
    const patient = await service.start()
    const failed = await service.reaches(late.id, 'failed', SWEPT_MS)
    expect(failed.error).toMatchObject({ code: 'capacity.exhausted', retryAfterSec: 10 })
    expect(failed.error?.message).toMatch(/waited \d+ s, and all recorders are in use/)
    expect(failed.queued).toBeNull()
    expect((await read(patient.id)).state).toBe('requested')
    for (const one of [patient.id, id]) await stop(one)
    await service.reaches(id, 'completed')
  })

  test('records what is scheduled when its time has come, and not before', async () => {
    const startAt = new Date(Date.now() + 2 * LEAD_MS).toISOString()
    const scheduled = await service.start({ startAt, metadata: { course: 'later' } })
    expect(scheduled).toMatchObject({ state: 'requested', startAt, queued: null })
    await sleep(NOT_TAKEN_MS)
    expect((await read(scheduled.id)).state).toBe('requested')
    const running = await service.reaches(scheduled.id, 'recording')
    expect(Date.now()).toBeGreaterThan(Date.parse(startAt) - LEAD_MS - CLOCK_MS)
    expect(Date.parse(running.startedAt ?? '')).toBeLessThan(Date.parse(startAt) + LATE_MS)
    await stop(scheduled.id)
    await service.reaches(scheduled.id, 'completed')
  })

  test('cancels what is scheduled', async () => {
    const { id } = await service.start({ startAt: new Date(Date.now() + 60_000).toISOString() })
    await stop(id)
    expect(await read(id)).toMatchObject({ state: 'completed', startedAt: null, takes: [] })
  })

  test('starts a recording when its schedule is due; a schedule that is deleted is gone', async () => {
    const { status, body } = await service.call('POST', '/v1/schedules', {
      cron: '* * * * *',
      timeZone: 'Europe/Berlin',
      spec: { ...SCHEDULED_SPEC, room: 'weekly' },
    })
    expect({ status, body }).toMatchObject({ status: 201, body: { room: 'weekly', timeZone: 'Europe/Berlin' } })
    expect(Date.parse(body.nextAt)).toBeGreaterThan(Date.now() - 1000)
    const started = async () => (await service.call('GET', '/v1/recordings?room=weekly')).body.items
    await expect.poll(async () => (await started()).length, { timeout: DUE_MS }).toBe(1)
    expect((await service.call('DELETE', `/v1/schedules/${body.id}`)).status).toBe(204)
    expect((await service.call('DELETE', `/v1/schedules/${body.id}`)).body.code).toBe('schedule.not-found')
    expect((await service.call('GET', '/v1/schedules')).body.items).toEqual([])
    for (const { id } of await started()) await stop(id)
  })

  test('refuses a schedule that can never be due, naming the field', async () => {
    for (const [field, wrong] of [
      ['/cron', { cron: '61 * * * *' }],
      ['/cron', { cron: 'every day' }],
      ['/cron', { cron: '*/2 * * * * *' }],
      ['/timeZone', { timeZone: 'Mars/Olympus' }],
    ] as const) {
      const refused = await service.call('POST', '/v1/schedules', { cron: '0 9 * * 1', spec: SCHEDULED_SPEC, ...wrong })
      expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid', field } })
    }
  })

  test('a time that has passed is now', async () => {
    const { id } = await service.start({ startAt: '2020-01-01T00:00:00Z' }, 'recording')
    await stop(id)
    await service.reaches(id, 'completed')
  })
})

describe.concurrent('workers on one Postgres', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'panorec-workers-'))
  })
  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true })
  })

  test('share the recordings by what each can carry; one that is full leaves them to others', async ({ expect }) => {
    const settings = {
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: await createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_MAX_CPU_PERCENT: '1000',
    }
    await using service = await startScriptedService({ ...settings, PANOREC_MAX_RECORDINGS: '1' })
    const worker = { logger: createLogger({ level: 'silent' }), recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }
    const config = loadConfig({ ...settings, PANOREC_MAX_RECORDINGS: '2' })
    const ids: string[] = []
    for (let n = 0; n < 4; n += 1) ids.push((await service.start()).id)
    const states = async () =>
      (await service.call('GET', '/v1/recordings?state=recording')).body.items
        .map((one: { id: string }) => one.id)
        .sort()
    await expect.poll(states, { timeout: 5000 }).toEqual(ids.slice(0, 1))
    const queued = async () => (await service.call('GET', `/v1/recordings/${ids[3]}`)).body.queued
    await expect.poll(queued, { timeout: 5000 }).toMatchObject({ position: 3, reason: 'slots' })
    {
      await using _more = await startLoneWorker(config, worker)
      await expect.poll(states, { timeout: 10_000 }).toEqual(ids.slice(0, 3))
      await expect.poll(queued, { timeout: 5000 }).toMatchObject({ position: 1 })
      await service.call('POST', `/v1/recordings/${ids[1]}/stop`)
      await expect.poll(states, { timeout: 10_000 }).toEqual([ids[0], ids[2], ids[3]])
      for (const id of ids) await service.call('POST', `/v1/recordings/${id}/stop`)
      for (const id of ids) await service.reaches(id, 'completed')
    }
  })

  test('a recording that is handed over goes on at once at a worker that is full, before those that wait', async ({
    expect,
  }) => {
    const settings = {
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: await createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_MAX_CPU_PERCENT: '1000',
      PANOREC_MAX_RECORDINGS: '1',
    }
    const worker = { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }
    const log: string[] = []
    const logger = createLogger({ level: 'info', destination: { write: (line: string) => void log.push(line) } })
    const leaving = await startLoneWorker(loadConfig(settings), { ...worker, logger })
    await using service = await startScriptedService({ ...settings, PANOREC_MAX_RECORDINGS: '1' })
    const running = [await service.start({}, 'recording'), await service.start({}, 'recording')]
    const waiting = await service.start()
    const hasLeft = leaving[Symbol.asyncDispose]()
    const states = async () => {
      const all = await Promise.all(running.map(({ id }) => service.call('GET', `/v1/recordings/${id}`)))
      return all.map(({ body }) => `${body.state} ${body.takes.length}`).sort()
    }
    await expect.poll(states, { timeout: HANDED_OVER_MS }).toEqual(['recording 1', 'recording 2'])
    expect((await service.call('GET', `/v1/recordings/${waiting.id}`)).body.queued).toMatchObject({ position: 1 })
    const [first, second] = running.map(({ id }) => id)
    // The script is not overtaken, and would stay for 20 s.
    for (const { pid, msg } of log.map((line) => JSON.parse(line))) {
      if (msg === 'the recorder runs') process.kill(pid, 'SIGTERM')
    }
    await hasLeft
    for (const id of [first, second, waiting.id]) {
      if (id === waiting.id) await service.reaches(id, 'recording')
      await service.call('POST', `/v1/recordings/${id}/stop`)
      await service.reaches(id ?? '', 'completed')
    }
  }, 60_000)

  test('what was scheduled before a restart is recorded after it', async ({ expect }) => {
    const settings = { PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: await createDatabase() }
    const first = await startScriptedService(settings)
    const startAt = new Date(Date.now() + RESTARTED_MS).toISOString()
    const { id } = await first.start({ startAt })
    await first[Symbol.asyncDispose]()
    await using second = await startScriptedService(settings)
    const running = await second.reaches(id, 'recording', RESTARTED_MS * 3)
    expect(Date.parse(running.startedAt ?? '')).toBeGreaterThan(Date.parse(startAt) - LEAD_MS - CLOCK_MS)
    await second.call('POST', `/v1/recordings/${id}/stop`)
    await second.reaches(id, 'completed')
  }, 60_000)

  test('a worker without memory for a recording takes none', async ({ expect }) => {
    const settings = { PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: await createDatabase() }
    await using service = await startScriptedService({ ...settings, PANOREC_MAX_MEMORY_PERCENT: '1' })
    const { id } = await service.start({ maxQueueSec: 2 })
    const queued = async () => (await service.call('GET', `/v1/recordings/${id}`)).body.queued?.reason
    await expect.poll(queued, { timeout: 5000 }).toBe('memory')
    const failed = await service.reaches(id, 'failed', SWEPT_MS + 2000)
    expect(failed.error?.message).toContain('no worker has memory left')
  })
})
