import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../service/free-port.ts'

const run = promisify(execFile)

export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Ends every client's connection, as an administrator may. */
  cutConnections(): Promise<void>
  /** Stops the server and starts it again on the same port after the pause. */
  restart(pauseMs: number): Promise<void>
  /** Ends the server as a crash does; `start` is its recovery. */
  kill(): Promise<void>
  /** Starts it on the same port; nothing when it runs. */
  start(): Promise<void>
}

const INSTALLED = '/usr/lib/postgresql'
const READY_TIMEOUT_MS = 20_000
const READY_POLL_MS = 50

/** A real Postgres on loopback. As root it installs Debian's when that is missing, and runs it as user `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = await findPrograms()
  const asRoot = process.getuid?.() === 0
  // Not in os.tmpdir(): that of a test is closed to the user `postgres`.
  const folder = await mkdtemp('/tmp/panorec-postgres-')
  const data = join(folder, 'data')
  if (asRoot) await chown(folder, await idOf('-u'), await idOf('-g'))
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    asRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', join(bin, program), ...args]]
      : [join(bin, program), [...args]]
  const port = await freePort()
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  await run(...as('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8']), { cwd: folder })

  const start = async () => {
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: 100,
    }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(...as('postgres', ['-D', data, ...options]), { cwd: folder, stdio: 'ignore' })
    await untilReady(urlOf('postgres'))
    return child
  }
  let server = await start()
  const isRunning = () => server.exitCode === null && server.signalCode === null
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning()) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
  // Fast shutdown: clients are cut off, nothing is lost.
  const stop = () => end('SIGINT')
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres') })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  let databases = 0
  return {
    async createDatabase() {
      databases += 1
      await admin(`CREATE DATABASE test_${databases}`)
      return urlOf(`test_${databases}`)
    },
    cutConnections: () =>
      admin(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test_%'`,
      ),
    async restart(pauseMs) {
      await stop()
      await sleep(pauseMs)
      server = await start()
    },
    kill: () => end('SIGKILL'),
    async start() {
      if (!isRunning()) server = await start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The newest installed version's programs. */
async function findPrograms(): Promise<string> {
  const found = await newest()
  if (found !== undefined) return found
  const install = ['install', '-y', '--no-install-recommends', 'postgresql']
  if (process.getuid?.() !== 0) throw new Error(`The database tests need Postgres: apt-get ${install.join(' ')}`)
  await run('apt-get', install).catch(async () => {
    await run('apt-get', ['update'])
    await run('apt-get', install)
  })
  const installed = await newest()
  if (installed === undefined) throw new Error(`Postgres was installed, but ${INSTALLED} has no programs`)
  return installed
}

async function newest(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => [])
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(INSTALLED, version, 'bin')
    const complete = await access(join(bin, 'initdb')).then(
      () => true,
      () => false,
    )
    if (complete) return bin
  }
  return undefined
}

async function idOf(flag: '-u' | '-g'): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout)
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(READY_POLL_MS)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
