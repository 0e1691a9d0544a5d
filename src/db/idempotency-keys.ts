import { AppError } from '../protocol/index.ts'
import type { Clock, IdempotencyKeys } from '../recording/index.ts'
import type { Database } from './database.ts'
import { and, eq, isNull, lt, not, or, sql } from './drizzle.ts'
import { idempotencyKeys } from './schema.ts'

/** Answers are remembered for 24 hours. */
export const IDEMPOTENCY_TTL_MS = 24 * 3600 * 1000
/** A first request that has no answer after this time died with its service; a repetition may claim the key again. */
const ABANDONED_MS = 60_000

export function createIdempotencyKeys(database: Database, clock: Clock): IdempotencyKeys {
  return {
    claim(call, fingerprint) {
      return database.transaction(async (queries) => {
        const now = clock()
        const key = rowKeyOf(call)
        const { isExpired, isFree } = conditionsAt(now, fingerprint)
        const isSame = and(eq(idempotencyKeys.fingerprint, fingerprint), not(isExpired))
        const fresh = { fingerprint, status: null, body: null, claimedAt: now }
        const createdAt = sql`case when ${isSame} then ${idempotencyKeys.createdAt} else excluded.created_at end`
        const [claimed] = await queries
          .insert(idempotencyKeys)
          .values({ key, ...fresh, createdAt: now })
          .onConflictDoUpdate({ target: idempotencyKeys.key, set: { ...fresh, createdAt }, setWhere: isFree })
          .returning({ since: idempotencyKeys.createdAt })
        if (claimed !== undefined) return { kind: 'first', since: claimed.since }
        const [row] = await queries.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key))
        return replayOf(row, call.key, fingerprint)
      })
    },

    async complete(call, status, body) {
      await database.run((queries) =>
        queries
          .update(idempotencyKeys)
          .set({ status, body })
          .where(eq(idempotencyKeys.key, rowKeyOf(call))),
      )
    },

    async release(call) {
      await database.run((queries) =>
        queries
          .update(idempotencyKeys)
          .set({ claimedAt: null })
          .where(eq(idempotencyKeys.key, rowKeyOf(call))),
      )
    },
  }
}

/** A caller's digest has no slash; where there is none, the key may have one. */
function rowKeyOf({ caller, key }: { readonly caller: string; readonly key: string }): string {
  return `${caller}/${key}`
}

function conditionsAt(now: Date, fingerprint: string) {
  const { status, createdAt, claimedAt } = idempotencyKeys
  const before = (ageMs: number) => new Date(now.getTime() - ageMs)
  const isExpired = lt(createdAt, before(IDEMPOTENCY_TTL_MS))
  const isAbandoned = and(eq(idempotencyKeys.fingerprint, fingerprint), lt(claimedAt, before(ABANDONED_MS)))
  const isFree = or(isExpired, and(isNull(status), or(isNull(claimedAt), isAbandoned))) ?? isExpired
  return { isExpired, isFree }
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
