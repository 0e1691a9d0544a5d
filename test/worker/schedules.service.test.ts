import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceParts } from '../../src/bin/wire-service.ts'
import { SCHEDULE_QUEUE } from '../../src/engine/queues.ts'
import { createOutboundPolicy } from '../../src/outbound/index.ts'
import { AppError, type RecordingSpec } from '../../src/protocol/index.ts'
import { createDueStarts, createSchedules, LATEST_START_MS, type RecordingRecord } from '../../src/recording/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { startScheduleWorker } from '../../src/worker/index.ts'
import { SCRIPTED_RECORDER } from '../bin/scripted-service.ts'
import { ServiceFolder } from '../kit/service/service-folder.ts'
import { missHeartbeat, retryAtOnce } from './dead-worker.ts'
import { QUICK_TIMES } from './quick-times.ts'

/** A look at the schedules at the start, a job that is forwarded within a second, and one that is announced. */
const MADE_UP_MS = 15_000
/** Two retries, and the search for jobs whose worker has no heartbeat, on a busy machine. */
const TRIED_AGAIN_MS = 15_000
const MINUTE_MS = 60_000
const logger = createLogger({ level: 'silent' })

const specOf = (room: string): RecordingSpec => ({
  room,
  sources: [{ id: 'teacher', type: 'hls', url: 'http://127.0.0.1/t.m3u8' }],
})
/** Every day at this minute. */
const cronAt = (at: Date) => `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)

/** The queue and its schedules as a service left them that was last there so long ago. */
async function leave(core: ServiceParts, minutes: number): Promise<void> {
  const at = minutesAgo(minutes).toISOString()
  await core.database.run((queries) => queries.execute(sql`update pgboss.version set cron_on = ${at}::timestamptz`))
  await core.database.run((queries) => queries.execute(sql`update pgboss.schedule set created_on = ${at}::timestamptz`))
}
const inRoom = (core: ServiceParts, room: string) => core.repository.list({ limit: 100, room })

describe('after a downtime', () => {
  let folder: ServiceFolder
  let core: ServiceParts
  const undo = new AsyncDisposableStack()
  beforeAll(async () => {
    folder = undo.use(await ServiceFolder.make({}, { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }))
    {
      await using before = await folder.open()
      const book = before.engine.schedules
      const add = (id: string, minutes: number) =>
        book.add({ id, cron: cronAt(minutesAgo(minutes)), timeZone: 'UTC', spec: specOf(id) })
      await add('missed', 4)
      await add('late', 45)
      await leave(before, 60)
      // As an earlier version wrote it.
      await before.engine.boss.schedule(SCHEDULE_QUEUE, '0 0 1 1 *', { spec: specOf('old') }, { key: 'old', tz: 'UTC' })
    }
    core = undo.use(await folder.open())
    undo.use(await startScheduleWorker({ ...core, starts: createDueStarts(core.recordingsPorts), logger }))
  }, 60_000)
  afterAll(() => undo.disposeAsync())

  test('what a schedule was due for meanwhile begins', async () => {
    await expect.poll(() => inRoom(core, 'missed'), { timeout: MADE_UP_MS }).toMatchObject([{ state: 'requested' }])
  })

  test('what is too late is a failed recording that says so', async () => {
    const failed = [{ state: 'failed', error: { code: 'service.stopping' } }]
    await expect.poll(() => inRoom(core, 'late'), { timeout: MADE_UP_MS }).toMatchObject(failed)
  })

  test('schedules of an earlier version are made up for from now on, too', async () => {
    const [old] = await core.engine.boss.getSchedules(SCHEDULE_QUEUE, 'old')
    expect(old?.data).toMatchObject({ schedule: { id: 'old', cron: '0 0 1 1 *', timeZone: 'UTC' } })
    expect(old?.options).toMatchObject({ missed: 'once' })
  })
})

describe('a start', () => {
  let folder: ServiceFolder
  let core: ServiceParts
  const undo = new AsyncDisposableStack()
  beforeAll(async () => {
    folder = undo.use(await ServiceFolder.make({}, { recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }))
    core = undo.use(await folder.open())
  })
  afterAll(() => undo.disposeAsync())

  const due = (room: string, minutes = 0) => ({
    recordingId: `rec_${core.newUlid()}`,
    spec: specOf(room),
    dueAt: minutesAgo(minutes),
  })
  const refusing = (code: 'url.unresolvable' | 'url.private-address', times = Number.POSITIVE_INFINITY) => {
    let asked = 0
    const check = async () => {
      asked += 1
      if (asked <= times) throw new AppError(code, 'As the test says.')
    }
    return createDueStarts({ ...core.recordingsPorts, outbound: { check } })
  }

  test('is made once, however often it is tried', async () => {
    const starts = createDueStarts(core.recordingsPorts)
    const one = due('once')
    await starts.start(one)
    await starts.start(one)
    expect(await inRoom(core, 'once')).toMatchObject([{ id: one.recordingId, state: 'requested' }])
    expect(await core.engine.takeQueue.withoutJob([one.recordingId])).toEqual([])
  })

  test('is tried again while a name does not resolve, until it is too late: then the recording says why', async () => {
    const tooLate = LATEST_START_MS / MINUTE_MS + 1
    await expect(refusing('url.unresolvable').start(due('dns'))).rejects.toMatchObject({ code: 'url.unresolvable' })
    expect(await inRoom(core, 'dns')).toEqual([])
    await refusing('url.unresolvable').start(due('dns', tooLate))
    expect(await inRoom(core, 'dns')).toMatchObject([{ state: 'failed', error: { code: 'url.unresolvable' } }])
  })

  test('that can never succeed is a failed recording with the reason, and its event', async () => {
    const one = due('private')
    await refusing('url.private-address').start(one)
    const [failed] = await inRoom(core, 'private')
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'url.private-address' },
    } as Partial<RecordingRecord>)
    const events = await core.eventLog.after(0, { recordingId: one.recordingId, limit: 10 })
    expect(events).toMatchObject([{ type: 'recording.state', recording: { state: 'failed' } }])
  })

  test('that fails is repeated by its queue, and one whose worker died in it by another', async () => {
    const { boss } = core.engine
    const cron = '* * * * *'
    const job = (room: string) => ({ schedule: { id: `sch_${room}`, cron, timeZone: 'UTC' }, spec: specOf(room) })
    await boss.send(SCHEDULE_QUEUE, job('killed'))
    expect(await boss.fetch(SCHEDULE_QUEUE)).toHaveLength(1)
    await missHeartbeat(core.database, SCHEDULE_QUEUE)
    await boss.send(SCHEDULE_QUEUE, job('again'))
    await retryAtOnce(core.database, SCHEDULE_QUEUE)
    await using _worker = await startScheduleWorker({ ...core, starts: refusing('url.unresolvable', 2), logger })
    await expect.poll(() => inRoom(core, 'again'), { timeout: TRIED_AGAIN_MS }).toMatchObject([{ state: 'requested' }])
    await expect.poll(() => inRoom(core, 'killed'), { timeout: TRIED_AGAIN_MS }).toMatchObject([{ state: 'requested' }])
  })

  test('has its moment from the `cron` alone: a spec with `startAt` is refused', async () => {
    const { outbound, newUlid } = core
    const schedules = createSchedules({ book: core.engine.schedules, outbound, newUlid })
    const spec = { ...specOf('never'), startAt: '2030-01-01T09:00:00Z' }
    const refused = schedules.create({ cron: '0 9 * * 1', spec })
    await expect(refused).rejects.toMatchObject({ code: 'request.invalid', field: '/spec/startAt' })
  })

  test('names what is wrong in its spec by where the caller wrote it', async () => {
    const { newUlid } = core
    const outbound = createOutboundPolicy({ allowPrivateHosts: [] })
    const schedules = createSchedules({ book: core.engine.schedules, outbound, newUlid })
    const cron = '0 9 * * 1'
    const here = schedules.create({ cron, spec: specOf('here') })
    await expect(here).rejects.toMatchObject({ code: 'url.private-address', field: '/spec/sources/0/url' })
    const { sources = [] } = specOf('twice')
    const twice = schedules.create({ cron, spec: { sources: [...sources, ...sources] } })
    await expect(twice).rejects.toMatchObject({ code: 'source.duplicate', field: '/spec/sources/1/id' })
  })
})
