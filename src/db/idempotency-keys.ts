import { AppError } from '../protocol/index.ts'
import type { Clock, IdempotencyKeys } from '../recording/index.ts'
import type { Database } from './database.ts'
import { and, eq, isNull, lt, or, sql } from './drizzle.ts'
import { idempotencyKeys } from './schema.ts'

/** Answers are remembered for 24 hours. */
export const IDEMPOTENCY_TTL_MS = 24 * 3600 * 1000
/** A first request that has no answer after this time died with its service; a repetition may claim the key again. */
const ABANDONED_MS = 60_000

export function createIdempotencyKeys(database: Database, clock: Clock): IdempotencyKeys {
  return {
    claim(key, fingerprint) {
      return database.transaction(async (queries) => {
        const now = clock()
        const fresh = { fingerprint, status: null, body: null, createdAt: now }
        const outdated = or(
          lt(idempotencyKeys.createdAt, new Date(now.getTime() - IDEMPOTENCY_TTL_MS)),
          and(
            isNull(idempotencyKeys.status),
            eq(idempotencyKeys.fingerprint, fingerprint),
            lt(idempotencyKeys.createdAt, new Date(now.getTime() - ABANDONED_MS)),
          ),
        )
        const claimed = await queries
          .insert(idempotencyKeys)
          .values({ key, ...fresh })
          .onConflictDoUpdate({ target: idempotencyKeys.key, set: fresh, setWhere: outdated ?? sql`false` })
          .returning({ key: idempotencyKeys.key })
        if (claimed.length > 0) return { kind: 'first' }
        const [row] = await queries.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key))
        return replayOf(row, key, fingerprint)
      })
    },

    async complete(key, status, body) {
      await database.run((queries) =>
        queries.update(idempotencyKeys).set({ status, body }).where(eq(idempotencyKeys.key, key)),
      )
    },

    async release(key) {
      await database.run((queries) => queries.delete(idempotencyKeys).where(eq(idempotencyKeys.key, key)))
    },
  }
}

function replayOf(row: typeof idempotencyKeys.$inferSelect | undefined, key: string, fingerprint: string) {
  if (row !== undefined && row.fingerprint !== fingerprint) {
    throw new AppError(
      'idempotency.conflict',
      `The \`Idempotency-Key\` ${JSON.stringify(key)} was used with a different request: use a new key.`,
      {
        field: 'Idempotency-Key',
        received: key,
      },
    )
  }
  if (row === undefined || row.status === null) {
    throw new AppError(
      'idempotency.in-progress',
      `The first request with the \`Idempotency-Key\` ${JSON.stringify(key)} is still running: try again in a moment.`,
      {
        field: 'Idempotency-Key',
        received: key,
      },
    )
  }
  return { kind: 'replay' as const, status: row.status, body: row.body }
}
