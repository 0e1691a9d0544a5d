import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wireService } from '../../src/bin/wire-service.ts'
import { startLoneWorker } from '../../src/bin/work.ts'
import { loadConfig, SETTINGS } from '../../src/config/index.ts'
import { createRecordings } from '../../src/recording/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { compileCache } from '../kit/service/compile-cache.ts'
import { createDatabase, makeDataDir } from '../kit/service/prepared-databases.ts'
import { SCRIPTED_RECORDER, startScriptedService } from './scripted-service.ts'

const PANOREC = fileURLToPath(new URL('../../src/bin/panorec.ts', import.meta.url))
/** A stop and two starts of a service, on a busy machine. */
const RESTARTED_MS = 60_000
const spec = { sources: [{ id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }] }
/** There and back: to the recorder of another process and its answer to the caller. Alone it takes 8 ms. */
const CALL_P50_MS = 200
const silent = createLogger({ level: 'silent' })

describe('services and workers on one Postgres', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'panorec-shared-'))
  })
  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true })
  })

  const newDatabase = async () =>
    loadConfig({
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: await createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    })

  test('a call to one reaches a recorder of another, and its end is heard back', async () => {
    const config = await newDatabase()
    await using front = await wireService(config, { logger: silent })
    await using _worker = await startLoneWorker(config, { logger: silent, recorderScript: SCRIPTED_RECORDER })
    const recordings = createRecordings({ ...front.recordingsPorts, rooms: { publish: async () => {} } })
    const { id } = await recordings.start({ ...spec, signalling: { url: 'ws://127.0.0.1/own' } })
    const state = async () => (await recordings.get(id)).state
    await expect.poll(state, { timeout: 15_000 }).toBe('recording')
    expect((await recordings.setLayout(id, { name: 'board' })).layout).toEqual({ name: 'board' })
    const calls: number[] = []
    const timed = async (call: Promise<unknown>) => {
      const calledAt = performance.now()
      await call
      calls.push(performance.now() - calledAt)
    }
    for (let n = 0; n < 10; n += 1) {
      await timed(recordings.setLayout(id, { name: n % 2 === 0 ? 'grid' : 'speaker' }))
      await timed(recordings.sendSignals(id, [{ v: 1, type: 'chat.message', at: n, text: 'hello' }]))
    }
    expect(calls.sort((a, b) => a - b)[10]).toBeLessThan(CALL_P50_MS)
    const stoppedAt = performance.now()
    await recordings.stop(id)
    expect(performance.now() - stoppedAt).toBeLessThan(CALL_P50_MS * 5)
    await expect.poll(state, { timeout: 15_000 }).toBe('completed')
  })

  test.concurrent('a worker that nobody takes over from goes on with its recorder for its time, ends it, and goes', async ({
    expect,
  }) => {
    const config = await newDatabase()
    await using front = await wireService(config, { logger: silent })
    // Longer than the beats by which a worker hears that a job is not its own any more.
    const times = { overtakeMs: 3000, heartbeatSec: 1 }
    const worker = await startLoneWorker(config, { logger: silent, recorderScript: SCRIPTED_RECORDER, times })
    const recordings = createRecordings({ ...front.recordingsPorts, rooms: { publish: async () => {} } })
    const { id } = await recordings.start({ ...spec, signalling: { url: 'ws://127.0.0.1/own' } })
    await expect.poll(async () => (await recordings.get(id)).state, { timeout: 15_000 }).toBe('recording')
    const toldAt = performance.now()
    await worker[Symbol.asyncDispose]()
    const tookMs = performance.now() - toldAt
    expect(tookMs).toBeGreaterThan(times.overtakeMs - 500)
    expect(tookMs).toBeLessThan(times.overtakeMs + 15_000)
    expect((await recordings.get(id)).state).toBe('recovering')
  }, 60_000)

  test.concurrent('a worker alone shows its health and its figures where it is told to, to whoever has a key', async () => {
    const settings = {
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: await createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_METRICS_PORT: '0',
    }
    const key = 'a-key-of-the-test'
    const keyed = loadConfig({ ...settings, PANOREC_API_KEYS: key })
    await using worker = await startLoneWorker(keyed, { logger: silent, recorderScript: SCRIPTED_RECORDER })
    const get = (path: string, headers = {}) => fetch(`${worker.statusUrl}${path}`, { headers })
    expect((await get('/healthz')).status).toBe(200)
    expect(await (await get('/readyz')).json()).toMatchObject({ ready: true })
    expect((await get('/metrics')).status).toBe(401)
    const figures = await (await get('/metrics', { authorization: `Bearer ${key}` })).text()
    expect(figures).toContain('panorec_recorder_cpu_cores 0')
    expect((await get('/v1/recordings')).status).toBe(404)
  })

  test.concurrent('a take may run for a week', async () => {
    const url = await createDatabase()
    const config = loadConfig({ PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: url })
    await using core = await wireService(config, { logger: silent })
    await core.engine.takeQueue.enqueue('rec_x')
    await core.engine.takeQueue.enqueue('rec_x')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(`select expire_seconds from pgboss.job where name = 'recording.take'`)
    await client.end()
    expect(rows).toEqual([{ expire_seconds: 8 * 24 * 3600 }])
  })

  test('a worker alone without a shared database or the address of its service refuses to start', async () => {
    await expect(startLoneWorker(loadConfig({ PANOREC_DATA_DIR: dataDir }))).rejects.toMatchObject({
      field: 'PANOREC_DATABASE_URL',
    })
    const config = loadConfig({ PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: 'postgres://127.0.0.1/x' })
    await expect(startLoneWorker(config)).rejects.toMatchObject({ field: 'PANOREC_PUBLIC_URL' })
  })
})

test(
  'a service that was killed goes on with its recordings at the next start, and gives up those that nobody carried on for ten minutes',
  async () => {
    const dataDir = await makeDataDir()
    try {
      const first = await startScriptedService({ PANOREC_DATA_DIR: dataDir })
      const [lately, longAgo] = await Promise.all([first.start({}, 'recording'), first.start({}, 'recording')])
      await first[Symbol.asyncDispose]()
      await leaveAsKilled(
        first.config,
        new Map([
          [lately.id, 0],
          [longAgo.id, 11],
        ]),
      )
      await using second = await startScriptedService({ PANOREC_DATA_DIR: dataDir })
      const goesOn = await second.reaches(lately.id, 'recording')
      expect(goesOn).toMatchObject({ error: null, takes: [{ error: { code: 'recorder.lost' } }, { error: null }] })
      const given = await second.reaches(longAgo.id, 'failed')
      expect(given.error?.code).toBe('recorder.lost')
      expect(given.takes).toMatchObject([{ error: { code: 'recorder.lost' } }])
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
  RESTARTED_MS,
)

/** What a kill leaves: the rows still say that they record, since so many minutes. */
async function leaveAsKilled(
  config: ReturnType<typeof loadConfig>,
  minutes: ReadonlyMap<string, number>,
): Promise<void> {
  await using core = await wireService(config, { logger: silent })
  for (const [id, ago] of minutes) {
    const aliveAt = new Date(Date.now() - ago * 60_000).toISOString()
    await core.repository.update(id, (record) => {
      const takes = record.takes.map((take) => ({ ...take, endedAt: null, error: null, aliveAt }))
      return { record: { ...record, state: 'recording', endedAt: null, takes }, events: [] }
    })
  }
}

describe('the command line', () => {
  async function run(
    args: readonly string[],
    env: Record<string, string>,
    onOutput: (text: string, child: ReturnType<typeof spawn>) => void = () => {},
  ) {
    const child = spawn(process.execPath, [PANOREC, ...args], {
      env: { PATH: process.env.PATH ?? '', ...compileCache(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += text
        onOutput(output, child)
      })
    }
    const [code] = await once(child, 'close')
    return { code: code as number | null, output }
  }

  test('lists every setting in serve --help', async () => {
    const { code, output } = await run(['serve', '--help'], {})
    expect(code).toBe(0)
    const listed = new Set(output.match(/\bPANOREC_[A-Z0-9_]+/g))
    expect(Object.keys(SETTINGS).filter((name) => !listed.has(name))).toEqual([])
  })

  test('refuses a wrong setting by its name, with a failing exit code and no stack', async () => {
    const { code, output } = await run(['serve'], { PANOREC_PROT: '1' })
    expect(code).toBe(1)
    expect(output).toMatch(/^panorec: A setting is wrong: `PANOREC_PROT`/)
    expect(output).not.toContain('    at ')
  })

  test('says that the port is taken', async () => {
    const dataDir = await makeDataDir()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const address = taken.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      const { code, output } = await run(['serve'], { PANOREC_PORT: String(port), PANOREC_DATA_DIR: dataDir })
      expect(code).toBe(1)
      expect(output).toContain(`\`PANOREC_PORT\` ${port} on 127.0.0.1 is taken`)
    } finally {
      taken.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  test('serves until SIGTERM, then ends with success', async () => {
    const dataDir = await makeDataDir()
    try {
      const { code, output } = await run(['serve'], { PANOREC_PORT: '0', PANOREC_DATA_DIR: dataDir }, (text, child) => {
        if (text.includes('Panorec listens on') && !child.killed) child.kill('SIGTERM')
      })
      expect(output).toMatch(/Panorec listens on http:\/\/127\.0\.0\.1:\d+/)
      expect(code).toBe(0)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  test('refuses a spec that cannot be read, and one that is wrong, naming the field', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-record-'))
    try {
      const path = join(dataDir, 'none.json')
      const missing = await run(['record', path, '--out', dataDir], {})
      expect(missing).toMatchObject({ code: 1, output: expect.stringContaining(`${path} cannot be read`) })
      const wrong = join(dataDir, 'wrong.json')
      await writeFile(wrong, JSON.stringify({ ...spec, segmentSec: 99 }))
      const refused = await run(['record', wrong, '--out', dataDir], {})
      expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/^panorec: .*segmentSec/) })
      expect(await readdir(dataDir)).toEqual(['wrong.json'])
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
