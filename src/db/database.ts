import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { toDatabaseError } from './database-error.ts'
import { sql } from './drizzle.ts'
import type { Notifications } from './notifications.ts'

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

/** What is done to a database before anybody uses it. */
export const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) }

/** What an embedded database and a server do each in its way. */
export interface DatabaseParts extends Pick<Database, 'transaction' | 'vacuum'> {
  readonly outside: Queries
}

/** A database of its parts; disposing it disposes the resources. */
export function assemble(
  { transaction, vacuum, outside }: DatabaseParts,
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

/** Throws a driver's error as ours. */
export function refuse(error: unknown): never {
  throw toDatabaseError(error)
}
