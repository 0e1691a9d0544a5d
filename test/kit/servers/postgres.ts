import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../service/free-port.ts'
import { findPostgres } from './find-postgres.ts'

const run = promisify(execFile)

const READY_TIMEOUT_MS = 20_000
const READY_POLL_MS = 50
const SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', max_connections: 400 }

/** A real Postgres on loopback. As root it installs Debian's when that is missing, and runs it as user `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  return await PostgresServer.start()
}

/** A server with its data in a folder of its own; both go when it is disposed. */
export class PostgresServer implements AsyncDisposable {
  readonly #bin: string
  readonly #folder: string
  readonly #port: number
  #server: ChildProcess | undefined
  #databases = 0

  private constructor(bin: string, folder: string, port: number) {
    this.#bin = bin
    this.#folder = folder
    this.#port = port
  }

  static async start(): Promise<PostgresServer> {
    // Not in os.tmpdir(): that of a test is closed to the user `postgres`.
    const folder = await mkdtemp('/tmp/panorec-postgres-')
    const server = new PostgresServer(await findPostgres(), folder, await freePort())
    await server.#initialize()
    await server.start()
    return server
  }

  /** The server's own database, whose user may do everything. */
  get adminUrl(): string {
    return this.#urlOf('postgres')
  }

  /** Makes an empty database and returns its URL. */
  async createDatabase(): Promise<string> {
    this.#databases += 1
    const name = `test_${this.#databases}`
    await this.#query(`CREATE DATABASE ${name}`)
    return this.#urlOf(name)
  }

  /** Ends every client's connection, as an administrator may. */
  async cutConnections(): Promise<void> {
    await this.#query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test_%'`,
    )
  }

  /** Stops the server and starts it again on the same port after the pause. */
  async restart(pauseMs: number): Promise<void> {
    await this.#stop()
    await sleep(pauseMs)
    await this.start()
  }

  /** Ends the server as a crash does; `start` is its recovery. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Starts it on the same port; nothing when it runs. */
  async start(): Promise<void> {
    if (this.#running) return
    const options = Object.entries({ port: this.#port, ...SETTINGS }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ])
    const [program, args] = this.#asPostgres('postgres', ['-D', this.#data, ...options])
    this.#server = spawn(program, args, { cwd: this.#folder, stdio: 'ignore' })
    await untilReady(this.adminUrl)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get #data(): string {
    return join(this.#folder, 'data')
  }

  get #running(): boolean {
    return this.#server !== undefined && this.#server.exitCode === null && this.#server.signalCode === null
  }

  async #initialize(): Promise<void> {
    if (process.getuid?.() === 0) await chown(this.#folder, await idOf('-u'), await idOf('-g'))
    const options = ['-D', this.#data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8']
    await run(...this.#asPostgres('initdb', options), { cwd: this.#folder })
  }

  /** Postgres refuses to run as root. */
  #asPostgres(program: string, args: readonly string[]): [string, string[]] {
    const path = join(this.#bin, program)
    if (process.getuid?.() !== 0) return [path, [...args]]
    return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', path, ...args]]
  }

  #urlOf(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`
  }

  async #query(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.adminUrl })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }

  /** Fast shutdown: clients are cut off, nothing is lost. */
  async #stop(): Promise<void> {
    await this.#end('SIGINT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server
    if (server === undefined || !this.#running) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
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
