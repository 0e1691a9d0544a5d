import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
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
import { toDatabaseError } from './database-error.ts'
import { lockFolder } from './folder-lock.ts'
import { listenPglite, listenPostgres, type Notifications } from './notifications.ts'
import * as schema from './schema.ts'

/** What a query is written against, inside or outside a transaction. */
export type Queries = PgDatabase<PgQueryResultHKT, typeof schema>

/** An open, migrated database. Every error that leaves it is an `AppError`. */
export interface Database extends AsyncDisposable {
  readonly notifications: Notifications
  /** What the job engine shares: the embedded database itself, or the server's URL. */
  readonly engine:
    | { readonly kind: 'pglite'; readonly pglite: PGlite }
    | { readonly kind: 'postgres'; readonly url: string }
  run<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** All of the work or none of it. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Throws `database.unavailable` when a query gets no answer. */
  check(): Promise<void>
}

export type DatabaseSettings =
  | { readonly kind: 'embedded' /** A folder, or `memory://`. */; readonly dir: string }
  | { readonly kind: 'postgres'; readonly url: string }

const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) }
/** Of the services that start together, one migrates and the others wait. The number is ours alone. */
const MIGRATION_LOCK = 7_205_759_403
const CONNECT_TIMEOUT_MS = 5000
const MAX_CONNECTIONS = 10

/** Opens and migrates. `onError` hears of connections that were lost while nobody used them. */
export async function openDatabase(settings: DatabaseSettings, onError: (error: unknown) => void): Promise<Database> {
  return settings.kind === 'embedded' ? await openEmbedded(settings.dir) : await openPostgres(settings.url, onError)
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
  const queries = drizzlePglite(pglite, { schema })
  await migratePglite(queries, MIGRATIONS).catch(refuse)
  const notifications = undo.use(await listenPglite(pglite))
  return assemble(queries, notifications, { kind: 'pglite', pglite }, undo.move())
}

async function openPostgres(url: string, onError: (error: unknown) => void): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'panorec',
    keepAlive: true,
  })
  let closing = false
  // pg lets go of its clients before the server has: what the server says to them then is of no interest.
  pool.on('error', (error) => {
    if (!closing) onError(error)
  })
  undo.defer(async () => {
    closing = true
    await pool.end()
  })
  await migrateLocked(pool).catch(refuse)
  const notifications = undo.use(await listenPostgres(url, onError).catch(refuse))
  return assemble(drizzlePg(pool, { schema }), notifications, { kind: 'postgres', url }, undo.move())
}

async function migrateLocked(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migratePg(drizzlePg(client, { schema }), MIGRATIONS)
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK])
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

function assemble(
  queries: Queries,
  notifications: Notifications,
  engine: Database['engine'],
  resources: AsyncDisposableStack,
): Database {
  return {
    notifications,
    engine,
    run: (work) => work(queries).catch(refuse),
    transaction: (work) => queries.transaction(work).catch(refuse),
    check: async () => void (await queries.execute(sql`select 1`).catch(refuse)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function refuse(error: unknown): never {
  throw toDatabaseError(error)
}
