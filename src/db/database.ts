import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import pg from 'pg'
import { AppError } from '../protocol/index.ts'
import { answeringSocket } from './answering-socket.ts'
import { toDatabaseError } from './database-error.ts'
import { lockFolder } from './folder-lock.ts'
import { listenPglite, listenPostgres, type Notifications } from './notifications.ts'

/** What a query is written against, inside or outside a transaction. */
export type Queries = PgDatabase<PgQueryResultHKT>

/** An open, migrated database. Every error that leaves it is an `AppError`. */
export interface Database extends AsyncDisposable {
  readonly notifications: Notifications
  /** What the job engine shares: the embedded database itself, or the server's URL and the way to it. */
  readonly engine:
    | { readonly kind: 'pglite'; readonly pglite: PGlite }
    | { readonly kind: 'postgres'; readonly url: string; readonly openSocket: () => Duplex }
  run<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** All of the work or none of it. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Throws `database.unavailable` when a query gets no answer. */
  check(): Promise<void>
  /** Lets room of deleted rows be used again: the embedded database does nothing of it by itself, a server does. */
  vacuum(): Promise<void>
}

type DatabaseSettings =
  | { readonly kind: 'embedded' /** A folder, or `memory://`. */; readonly dir: string }
  | {
      readonly kind: 'postgres'
      readonly url: string
      /** How long an answer may take before the connection is given up; half a minute when it is left out. */
      readonly answerMs?: number
    }

const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) }
/** Of the services that start together, one migrates and the others wait. The number is ours alone. */
const MIGRATION_LOCK = 7_205_759_403
const CONNECT_TIMEOUT_MS = 5000
/** Longer than any statement of ours, and than connections stay idle. */
const ANSWER_MS = 30_000
const MAX_CONNECTIONS = 10

/** Opens and migrates. `onError` gets each loss of an idle connection. */
export async function openDatabase(settings: DatabaseSettings, onError: (error: unknown) => void): Promise<Database> {
  return settings.kind === 'embedded' ? await openEmbedded(settings.dir) : await openPostgres(settings, onError)
}

async function openEmbedded(dir: string): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  if (dir !== 'memory://') {
    await mkdir(dirname(dir), { recursive: true })
    undo.use(await lockFolder(dir))
  }
  const pglite = await PGlite.create(dir).catch((cause: unknown) => {
    throw new AppError(
      'database.unavailable',
      `The embedded database in ${dir} does not open: restore the folder from a copy, or move it away to begin anew.`,
      { cause },
    )
  })
  undo.defer(() => pglite.close())
  const outside = drizzlePglite(pglite)
  await migratePglite(outside, MIGRATIONS).catch(refuse)
  const notifications = undo.use(await listenPglite(pglite))
  const queries: Queries = outside
  const parts: Parts = {
    outside: queries,
    transaction: (work) => queries.transaction(work),
    vacuum: async () => void (await pglite.exec('VACUUM')),
  }
  return assemble(parts, notifications, { kind: 'pglite', pglite }, undo.move())
}

async function openPostgres(
  { url, answerMs = ANSWER_MS }: Extract<DatabaseSettings, { kind: 'postgres' }>,
  onError: (error: unknown) => void,
): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  const connection = { connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true }
  await migrateLocked({ ...connection, application_name: 'panorec migration' }).catch(refuse)
  const openSocket = () => answeringSocket(answerMs)
  let closing = false
  // pg lets go of its clients before the server has: what the server says to them then is of no interest.
  const onLost = (error: unknown) => {
    if (!closing) onError(error)
  }
  const pool = new pg.Pool({
    ...connection,
    max: MAX_CONNECTIONS,
    application_name: 'panorec',
    stream: openSocket,
    async onConnect(client) {
      // The pool listens to idle clients only, and an `error` event without a listener ends the process.
      client.once('error', onLost).on('error', () => {})
      await client.query(sessionLimits(answerMs))
    },
  })
  pool.on('error', () => {})
  undo.defer(async () => {
    closing = true
    await pool.end()
  })
  const notifications = undo.use(await listenPostgres(url, onError).catch(refuse))
  // Drizzle's own over a pool keeps the client of a transaction that could not begin.
  const transaction = async <T>(work: (queries: Queries) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      return await drizzlePg(client).transaction(work)
    } finally {
      client.release()
    }
  }
  const parts: Parts = { transaction, outside: drizzlePg(pool), vacuum: async () => {} }
  return assemble(parts, notifications, { kind: 'postgres', url, openSocket }, undo.move())
}

/** The server gives up as well: what a client that is cut off had locked would hold all others up. */
function sessionLimits(answerMs: number): string {
  return `SET statement_timeout = ${answerMs}; SET idle_in_transaction_session_timeout = ${answerMs}`
}

async function migrateLocked(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migratePg(drizzlePg(client), MIGRATIONS)
  } finally {
    // The lock goes with the connection.
    await client.end()
  }
}

interface Parts extends Pick<Database, 'transaction' | 'vacuum'> {
  readonly outside: Queries
}

function assemble(
  { transaction, vacuum, outside }: Parts,
  notifications: Notifications,
  engine: Database['engine'],
  resources: AsyncDisposableStack,
): Database {
  return {
    notifications,
    engine,
    run: (work) => work(outside).catch(refuse),
    transaction: (work) => transaction(work).catch(refuse),
    check: async () => void (await outside.execute(sql`select 1`).catch(refuse)),
    vacuum: () => vacuum().catch(refuse),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function refuse(error: unknown): never {
  throw toDatabaseError(error)
}
