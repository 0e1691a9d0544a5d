import { instant } from './columns.ts'
import { integer, jsonb, pgTable, sql, text } from './drizzle.ts'

export const idempotencyKeys = pgTable('idempotency_keys', {
  key: text('key').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  /** Null as long as there is no answer. */
  status: integer('status'),
  body: jsonb('body').$type<unknown>(),
  /** When the key came first with this fingerprint. */
  createdAt: instant('created_at').notNull(),
  /** When the request that runs began; null once it has failed, so that the key is free. */
  claimedAt: instant('claimed_at').default(sql`now()`),
})

/** Secrets that the service made for itself, shared by all its processes. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})
