import { instant } from './columns.ts'
import { integer, jsonb, pgTable, sql, text } from './drizzle.ts'

export const idempotencyKeys = pgTable('idempotency_keys', {
  key: text('key').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  /** Null while the first request runs. */
  status: integer('status'),
  body: jsonb('body').$type<unknown>(),
  createdAt: instant('created_at').notNull(),
})

/** Secrets that the service made for itself, shared by all its processes. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})
