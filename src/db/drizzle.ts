import { createRequire } from 'node:module'

/**
 * Drizzle, as CommonJS. As ES modules, which import each other in circles, it takes Node half a second and 190 MB to link it; so it
 * takes a tenth of both. Types come from the package itself, everything else from here.
 */
const load = createRequire(import.meta.url)

export const {
  and,
  asc,
  count,
  DrizzleQueryError,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  min,
  ne,
  not,
  notExists,
  or,
  sql,
} = load('drizzle-orm') as typeof import('drizzle-orm')

export const {
  alias,
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} = load('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core')

/** The embedded Postgres, and Drizzle over it. */
export function loadEmbedded() {
  const { PGlite } = load('@electric-sql/pglite') as typeof import('@electric-sql/pglite')
  const { drizzle } = load('drizzle-orm/pglite') as typeof import('drizzle-orm/pglite')
  const { migrate } = load('drizzle-orm/pglite/migrator') as typeof import('drizzle-orm/pglite/migrator')
  return { PGlite, drizzle, migrate }
}

/** Drizzle over connections to a server. */
export function loadServer() {
  const { drizzle } = load('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres')
  const { migrate } = load('drizzle-orm/node-postgres/migrator') as typeof import('drizzle-orm/node-postgres/migrator')
  return { drizzle, migrate }
}
