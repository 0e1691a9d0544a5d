import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
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
/** Until a recorder has reported what cannot be written: it does so ten times a second, and `QUICK_TIMES` gathers it. */
const REPORTED_MS = 500
/** A worker without a heartbeat for so long counts as dead. */
const LEASE_MS = 10_000
const silent = createLogger({ level: 'silent' })

type Line = { readonly msg: string; readonly take: number; readonly pid: number }

/** A worker whose way to Postgres can break, and a service whose way cannot. */
class Away implements AsyncDisposable {
  readonly way: FaultyProxy
  readonly front: ServiceParts
  readonly recordings: Recordings
  readonly #direct: string
  readonly #dataDir: string
  readonly #log: string[] = []
  readonly #undo: AsyncDisposableStack

  private constructor(parts: Pick<Away, 'way' | 'front' | 'recordings'> & AwayParts) {
    this.way = parts.way
    this.front = parts.front
    this.recordings = parts.recordings
    this.#direct = parts.direct
    this.#dataDir = parts.dataDir
    this.#undo = parts.undo
  }

  static async open(): Promise<Away> {
    await using undo = new AsyncDisposableStack()
    const direct = await createDatabase()
    const { hostname, port } = new URL(direct)
    const way = undo.use(await FaultyProxy.start({ host: hostname, port: Number(port) }))
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-away-'))
    undo.defer(() => rm(dataDir, { recursive: true, force: true }))
    const front = undo.use(await wireService(configOf(dataDir, direct), { logger: silent }))
    const recordings = createRecordings({ ...front.recordingsPorts, rooms: { publish: async () => {} } })
    return new Away({ way, front, recordings, direct, dataDir, undo: undo.move() })
  }

  /** Starts a worker, over the way that can break or not. */
  async work(over: 'way' | 'direct'): Promise<void> {
    const url = over === 'way' ? this.way.over(this.#direct) : this.#direct
    const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void this.#log.push(line) } })
    const options = { logger, recorderScript: SCRIPTED_RECORDER, times: QUICK_TIMES }
    this.#undo.use(await startLoneWorker(configOf(this.#dataDir, url), options))
  }

  get takes(): readonly number[] {
    return this.#running.map(({ take }) => take)
  }

  kill(take: number): void {
    process.kill(this.#pidOf(take), 'SIGKILL')
  }

  async isRunning(take: number): Promise<void> {
    await vi.waitFor(() => expect(this.takes.at(-1)).toBe(take), POLL)
  }

  async areGone(recorders: number): Promise<void> {
    const gone = () => this.#lines.filter(({ msg }) => msg === 'the recorder is gone')
    await vi.waitFor(() => expect(gone()).toHaveLength(recorders), { ...POLL, timeout: GONE_MS })
  }

  /** The temporary folder of a recorder that runs. */
  async folderOf(take: number): Promise<string> {
    const environment = await readFile(`/proc/${this.#pidOf(take)}/environ`, 'utf8')
    return /(?:^|\0)TMPDIR=([^\0]*)/.exec(environment)?.[1] ?? expect.unreachable()
  }

  async state(id: string): Promise<string> {
    return (await this.recordings.get(id)).state
  }

  /** When a worker was last known to live, epoch milliseconds. */
  async lastHeartbeat(): Promise<number> {
    const text = sql`select max(seen_at) as at from workers`
    const result = await this.front.database.run((queries) => queries.execute(text))
    return new Date(String((result as { rows: { at?: unknown }[] }).rows[0]?.at)).getTime()
  }

  /** A recording whose first take died while its worker had no database. Returns the temporary folder of that take, too. */
  async secondTakeWithoutDatabase() {
    await this.work('way')
    const { id } = await this.recordings.start(SPEC)
    await vi.waitFor(async () => expect(await this.state(id)).toBe('recording'), POLL)
    const folder = await this.folderOf(1)
    this.way.setFault({ kind: 'refuse' })
    await delay(REPORTED_MS)
    this.kill(1)
    await this.isRunning(2)
    return { id, folder }
  }

  get #lines(): readonly Line[] {
    return this.#log.map((line) => JSON.parse(line))
  }

  get #running(): readonly Line[] {
    return this.#lines.filter(({ msg }) => msg === 'the recorder runs')
  }

  #pidOf(take: number): number {
    return this.#running.find((line) => line.take === take)?.pid ?? expect.unreachable()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.way.setFault(null)
    await this.#undo.disposeAsync()
  }
}

interface AwayParts {
  readonly direct: string
  readonly dataDir: string
  readonly undo: AsyncDisposableStack
}

function configOf(dataDir: string, databaseUrl: string) {
  return loadConfig({
    PANOREC_DATA_DIR: dataDir,
    PANOREC_DATABASE_URL: databaseUrl,
    PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
    PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    PANOREC_MAX_CPU_PERCENT: '1000',
  })
}

test.concurrent('takes follow each other while the database is away, and are written when it is back', async ({
  expect,
}) => {
  await using away = await Away.open()
  const { id, folder } = await away.secondTakeWithoutDatabase()
  const { recordings } = away
  away.kill(2)
  await away.isRunning(3)
  expect((await recordings.get(id)).takes).toMatchObject([{ number: 1, endedAt: null }])
  // What the dead recorder left on this machine goes at once, though what it reported waits.
  await expect.poll(() => existsSync(folder), POLL).toBe(false)
  away.way.setFault(null)
  await expect.poll(async () => (await recordings.get(id)).takes.length, POLL).toBe(3)
  await expect.poll(() => away.state(id), POLL).toBe('recording')
  const { takes } = await recordings.get(id)
  expect(takes).toMatchObject([
    { number: 1, error: { code: 'recorder.crashed' } },
    { number: 2, error: { code: 'recorder.crashed' } },
    { number: 3, error: null },
  ])
  expect((await recordings.setLayout(id, { name: 'board' })).layout).toEqual({ name: 'board' })
  await recordings.stop(id)
  await expect.poll(() => away.state(id), POLL).toBe('completed')
  const done = await recordings.get(id)
  expect(done.takes.map(({ number }) => number)).toEqual([1, 2, 3])
})

test.concurrent('a heartbeat that gets no answer does not make its worker late with the next ones', async ({
  expect,
}) => {
  await using away = await Away.open()
  await away.work('way')
  await expect.poll(() => away.lastHeartbeat(), POLL).toBeGreaterThan(0)
  away.way.setFault({ kind: 'silent' })
  await delay(SILENT_MS)
  away.way.setFault(null)
  const healedAt = Date.now()
  await expect.poll(() => away.lastHeartbeat(), { ...POLL, timeout: LEASE_MS - SILENT_MS }).toBeGreaterThan(healedAt)
  // Ends the connections that answer nothing more: the worker does not wait for them.
  away.way.setFault({ kind: 'refuse' })
})

test.concurrent('a recording that was stopped meanwhile ends, and no take goes on', async ({ expect }) => {
  await using away = await Away.open()
  const { id } = await away.secondTakeWithoutDatabase()
  await expect(away.recordings.stop(id)).rejects.toMatchObject({ code: 'recorder.unreachable' })
  away.way.setFault(null)
  await expect.poll(() => away.state(id), POLL).toBe('completed')
  await away.areGone(2)
})

test.concurrent('a recording that another worker was given meanwhile is that one’s, under a number above all that the first can have used', async ({
  expect,
}) => {
  await using away = await Away.open()
  const { id } = await away.secondTakeWithoutDatabase()
  await away.work('direct')
  await expect.poll(() => away.takes, { ...POLL, timeout: 60_000 }).toEqual([1, 2, 5])
  await expect.poll(() => away.state(id), POLL).toBe('recording')
  away.way.setFault(null)
  await away.recordings.stop(id)
  await expect.poll(() => away.state(id), POLL).toBe('completed')
  expect((await away.recordings.get(id)).takes).toMatchObject([
    { number: 1, error: { code: 'recorder.lost' } },
    { number: 5, error: null },
  ])
  await away.areGone(3)
}, 120_000)
