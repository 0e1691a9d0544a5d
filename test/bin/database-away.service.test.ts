import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ServiceParts, wireService } from '../../src/bin/wire-service.ts'
import { startLoneWorker } from '../../src/bin/work.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createRecordings, type Recordings } from '../../src/recording/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { delay } from '../../src/timing/index.ts'
import { FaultyProxy } from '../kit/servers/faulty-proxy.ts'
import { createDatabase } from '../kit/service/prepared-databases.ts'
import { QUICK_TIMES } from '../worker/quick-times.ts'
import { SCRIPTED_RECORDER } from './scripted-service.ts'

const SPEC = { sources: [{ id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }] }
const POLL = { timeout: 15_000, interval: 50 }
/** A worker hears from the database that it has lost a recording; its recorder ends when it is told. */
const GONE_MS = 60_000
/** Long enough for several heartbeats of `QUICK_TIMES`; a connection that was used meanwhile answers nothing more. */
const SILENT_MS = 500
/** A worker without a heartbeat for so long counts as dead. */
const LEASE_MS = 10_000
const silent = createLogger({ level: 'silent' })

/** A worker whose way to Postgres can break, and a service whose way cannot. */
let undo: AsyncDisposableStack
let way: FaultyProxy
let front: ServiceParts
let recordings: Recordings
let log: string[]
let startWorker: (databaseUrl: string) => Promise<void>
let direct: string

beforeEach(async () => {
  await using opened = new AsyncDisposableStack()
  direct = await createDatabase()
  const { hostname, port } = new URL(direct)
  way = opened.use(await FaultyProxy.start({ host: hostname, port: Number(port) }))
  const dataDir = await mkdtemp(join(tmpdir(), 'panorec-away-'))
  opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const configOf = (url: string) =>
    loadConfig({
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: url,
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_ALLOW_PRIVATE_HOSTS: '*',
      PANOREC_MAX_CPU_PERCENT: '1000',
    })
  front = opened.use(await wireService(configOf(direct), { logger: silent }))
  recordings = createRecordings({ ...front.recordingsPorts, rooms: { publish: async () => {} } })
  log = []
  const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } })
  startWorker = async (url) => {
    undo.use(await startLoneWorker(configOf(url), { logger, recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }))
  }
  undo = opened.move()
})
afterEach(async () => {
  way?.setFault(null)
  await undo?.[Symbol.asyncDispose]()
})

const running = () =>
  log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'the recorder runs') as {
    take: number
    pid: number
  }[]
const pidOf = (take: number): number => running().find((line) => line.take === take)?.pid ?? Number.NaN
const isRunning = (take: number) => expect.poll(() => running().at(-1)?.take, POLL).toBe(take)
const areGone = (recorders: number) =>
  expect
    .poll(() => log.filter((line) => line.includes('the recorder is gone')).length, { ...POLL, timeout: GONE_MS })
    .toBe(recorders)
/** When a worker was last known to live, epoch milliseconds. */
async function lastHeartbeat(): Promise<number> {
  const result = await front.database.run((queries) => queries.execute(sql`select max(seen_at) as at from workers`))
  return new Date(String((result as { rows: { at?: unknown }[] }).rows[0]?.at)).getTime()
}
const state = async (id: string) => (await recordings.get(id)).state

/** A recording whose first take died while its worker had no database. */
async function secondTakeWithoutDatabase(): Promise<string> {
  await startWorker(way.over(direct))
  const { id } = await recordings.start(SPEC)
  await expect.poll(() => state(id), POLL).toBe('recording')
  way.setFault({ kind: 'refuse' })
  process.kill(pidOf(1), 'SIGKILL')
  await isRunning(2)
  return id
}

test('takes follow each other while the database is away, and are written when it is back', async () => {
  const id = await secondTakeWithoutDatabase()
  process.kill(pidOf(2), 'SIGKILL')
  await isRunning(3)
  expect((await recordings.get(id)).takes).toMatchObject([{ number: 1, endedAt: null }])
  way.setFault(null)
  await expect.poll(async () => (await recordings.get(id)).takes.length, POLL).toBe(3)
  await expect.poll(() => state(id), POLL).toBe('recording')
  const { takes } = await recordings.get(id)
  expect(takes).toMatchObject([
    { number: 1, error: { code: 'recorder.crashed' } },
    { number: 2, error: { code: 'recorder.crashed' } },
    { number: 3, error: null },
  ])
  expect((await recordings.setLayout(id, { name: 'board' })).layout).toEqual({ name: 'board' })
  await recordings.stop(id)
  await expect.poll(() => state(id), POLL).toBe('completed')
  const done = await recordings.get(id)
  expect(done.takes.map(({ number }) => number)).toEqual([1, 2, 3])
})

test('a heartbeat that gets no answer does not make its worker late with the next ones', async () => {
  await startWorker(way.over(direct))
  await expect.poll(lastHeartbeat, POLL).toBeGreaterThan(0)
  way.setFault({ kind: 'silent' })
  await delay(SILENT_MS)
  way.setFault(null)
  const healedAt = Date.now()
  await expect.poll(lastHeartbeat, { ...POLL, timeout: LEASE_MS - SILENT_MS }).toBeGreaterThan(healedAt)
  // Ends the connections that answer nothing more: the worker does not wait for them.
  way.setFault({ kind: 'refuse' })
})

test('a recording that was stopped meanwhile ends, and no take goes on', async () => {
  const id = await secondTakeWithoutDatabase()
  await expect(recordings.stop(id)).rejects.toMatchObject({ code: 'recorder.unreachable' })
  way.setFault(null)
  await expect.poll(() => state(id), POLL).toBe('completed')
  await areGone(2)
})

test('a recording that another worker was given meanwhile is that one’s, under a number above all that the first can have used', async () => {
  const id = await secondTakeWithoutDatabase()
  await startWorker(direct)
  await expect.poll(() => running().map(({ take }) => take), { ...POLL, timeout: 60_000 }).toEqual([1, 2, 5])
  await expect.poll(() => state(id), POLL).toBe('recording')
  way.setFault(null)
  await recordings.stop(id)
  await expect.poll(() => state(id), POLL).toBe('completed')
  expect((await recordings.get(id)).takes).toMatchObject([
    { number: 1, error: { code: 'recorder.lost' } },
    { number: 5, error: null },
  ])
  await areGone(3)
}, 120_000)
