import { randomBytes } from 'node:crypto'
import { cpSync, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Database, openDatabase } from '../../../src/db/index.ts'
import { openEngine } from '../../../src/engine/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { startPostgres } from '../servers/postgres.ts'

/**
 * What the tests of one run share. The processes of the test runner learn of it by their environment: the folder of an embedded
 * database to copy, and the server with a database to copy. Both are migrated and have their queues; nobody has them open.
 */
const EMBEDDED_VARIABLE = 'PREPARED_EMBEDDED_DATABASE'
const SERVER_VARIABLE = 'PREPARED_POSTGRES_SERVER'
const TEMPLATE = 'prepared'

/** Makes the embedded database that `prepareDataDir` copies; nothing when it is there already. */
export async function prepareEmbedded(): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack()
  if (process.env[EMBEDDED_VARIABLE] !== undefined) return undo.move()
  const folder = await mkdtemp(join(tmpdir(), 'panorec-prepared-'))
  undo.defer(() => rm(folder, { recursive: true, force: true }))
  const dir = join(folder, 'db')
  await migrate({ kind: 'embedded', dir })
  process.env[EMBEDDED_VARIABLE] = dir
  undo.defer(() => void delete process.env[EMBEDDED_VARIABLE])
  return undo.move()
}

/** Starts the Postgres server of `createDatabase`. */
export async function prepareServer(): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack()
  const { adminUrl } = undo.use(await startPostgres())
  await query(adminUrl, `CREATE DATABASE ${TEMPLATE}`)
  await migrate({ kind: 'postgres', url: urlOf(adminUrl, TEMPLATE) })
  process.env[SERVER_VARIABLE] = adminUrl
  return undo.move()
}

async function migrate(settings: Parameters<typeof openDatabase>[0]): Promise<void> {
  await using database = await openDatabase(settings, refuse)
  await using _queues = await openEngine(database.engine, createLogger({ level: 'silent' }))
}

/** The URL of a new database on the run's server: a migrated one, or one with nothing in it. */
export async function createDatabase({ empty = false } = {}): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await query(serverUrl(), `CREATE DATABASE ${name}${empty ? '' : ` TEMPLATE ${TEMPLATE}`}`)
  return urlOf(serverUrl(), name)
}

/** A migrated database of its own on the run's server: it opens in a tenth of the time of an embedded one. */
export async function openOnServer(): Promise<Database> {
  return await openDatabase({ kind: 'postgres', url: await createDatabase() }, refuse)
}

/** Ends every client's connection to the database, as an administrator may. */
export async function cutConnections(databaseUrl: string): Promise<void> {
  const cut = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1'
  await query(serverUrl(), cut, [new URL(databaseUrl).pathname.slice(1)])
}

/**
 * Puts a migrated embedded database into the data folder of a service. Nothing happens when the folder has one, or when this run
 * has not prepared any: then the service makes its own.
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const template = process.env[EMBEDDED_VARIABLE]
  const dir = join(dataDir, 'db')
  if (template === undefined || existsSync(dir)) return
  // A thousand small files: `cp` takes ten times the CPU time for them.
  cpSync(template, dir, { recursive: true })
}

/** A new data folder with a migrated embedded database. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'panorec-data-'))
  await prepareDataDir(dataDir)
  return dataDir
}

/** An embedded database of its own; its folder goes with it. */
export async function openPrepared(): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  const dataDir = await makeDataDir()
  undo.defer(() => rm(dataDir, { recursive: true, force: true }))
  const database = undo.use(await openDatabase({ kind: 'embedded', dir: join(dataDir, 'db') }, refuse))
  const resources = undo.move()
  return {
    notifications: database.notifications,
    engine: database.engine,
    run: (work) => database.run(work),
    transaction: (work) => database.transaction(work),
    check: () => database.check(),
    vacuum: () => database.vacuum(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function serverUrl(): string {
  const url = process.env[SERVER_VARIABLE]
  if (url === undefined) throw new Error('The run has no Postgres server: only service tests share one')
  return url
}

function urlOf(adminUrl: string, name: string): string {
  return Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href
}

async function query(url: string, statement: string, values: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement, [...values])
  } finally {
    await client.end()
  }
}

function refuse(error: unknown): never {
  throw error
}
