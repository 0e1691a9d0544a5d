import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCore } from '../../src/bin/core.ts'
import { startLoneWorker } from '../../src/bin/work.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createRecordings } from '../../src/recording/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { type PostgresServer, startPostgres } from '../kit/postgres.ts'
import { SCRIPTED_RECORDER, startScriptedService } from './scripted-service.ts'

const PANOREC = fileURLToPath(new URL('../../src/bin/panorec.ts', import.meta.url))
const spec = { sources: [{ id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }] }
const silent = createLogger({ level: 'silent' })

describe('services and workers on one Postgres', () => {
  let server: PostgresServer
  let dataDir: string
  beforeAll(async () => {
    server = await startPostgres()
    dataDir = await mkdtemp(join(tmpdir(), 'panorec-shared-'))
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('a call to one reaches a recorder of another, and its end is heard back', async () => {
    const config = loadConfig({
      PANOREC_DATA_DIR: dataDir,
      PANOREC_DATABASE_URL: await server.createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    })
    await using front = await openCore(config, { logger: silent })
    await using _worker = await startLoneWorker(config, { logger: silent, recorderScript: SCRIPTED_RECORDER })
    const recordings = createRecordings({ ...front.recordingsPorts, rooms: { publish: async () => {} } })
    const { id } = await recordings.start(spec)
    const state = async () => (await recordings.get(id)).state
    await expect.poll(state, { timeout: 15_000 }).toBe('recording')
    expect((await recordings.setLayout(id, { name: 'board' })).layout).toEqual({ name: 'board' })
    await recordings.stop(id)
    await expect.poll(state, { timeout: 15_000 }).toBe('completed')
  })

  test('a take may run for a week', async () => {
    const url = await server.createDatabase()
    const config = loadConfig({ PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: url })
    await using core = await openCore(config, { logger: silent })
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

describe('a service that was killed', () => {
  test('finds its recordings at the next start and fails them as lost', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-killed-'))
    try {
      const first = await startScriptedService({ PANOREC_DATA_DIR: dataDir })
      const { id } = await first.start({}, 'recording')
      await first[Symbol.asyncDispose]()
      const config = first.config
      {
        // What a kill leaves: the row still says that it records.
        await using core = await openCore(config, { logger: silent })
        await core.repository.update(id, (record) => ({
          record: { ...record, state: 'recording', endedAt: null },
          events: [],
        }))
      }
      await using second = await startScriptedService({ PANOREC_DATA_DIR: dataDir })
      expect((await second.reaches(id, 'failed')).error?.code).toBe('recorder.lost')
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})

describe('the command line', () => {
  async function run(
    args: readonly string[],
    env: Record<string, string>,
    onOutput: (text: string, child: ReturnType<typeof spawn>) => void = () => {},
  ) {
    const child = spawn(process.execPath, [PANOREC, ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
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
    for (const name of ['PANOREC_HOST', 'PANOREC_S3_FORCE_PATH_STYLE', 'PANOREC_LOG_LEVEL'])
      expect(output).toContain(name)
  })

  test('refuses a wrong setting by its name, with a failing exit code and no stack', async () => {
    const { code, output } = await run(['serve'], { PANOREC_PROT: '1' })
    expect(code).toBe(1)
    expect(output).toMatch(/^panorec: A setting is wrong: `PANOREC_PROT`/)
    expect(output).not.toContain('    at ')
  })

  test('says that the port is taken', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-port-'))
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
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-serve-'))
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

  test('refuses a spec that is wrong, naming the field', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-record-'))
    try {
      const missing = await run(['record', join(dataDir, 'none.json'), '--out', dataDir], {})
      expect(missing).toMatchObject({ code: 1, output: expect.stringContaining('cannot be read') })
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
