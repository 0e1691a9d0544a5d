import type { SQL } from 'drizzle-orm'
import type { HighlightRecord } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, eq, isNull } from '../drizzle.ts'
import { highlights } from './schema.ts'

export const NOT_DELETED = isNull(highlights.deletedAt)
export const WAITING = and(NOT_DELETED, eq(highlights.state, 'waiting'))

/** Errors: those of the database. */
export async function selectHighlights(
  database: Database,
  wanted: SQL | undefined,
  { order, limit }: { readonly order: SQL; readonly limit?: number },
): Promise<readonly HighlightRecord[]> {
  const rows = await database.run((queries) => {
    const query = queries.select().from(highlights).where(wanted).orderBy(order)
    return limit === undefined ? query : query.limit(limit)
  })
  return rows.map(toRecord)
}

/** The row of a record; columns that only the database knows are left out. */
export function toRow(record: HighlightRecord): typeof highlights.$inferInsert {
  return {
    ...record,
    at: new Date(record.at),
    from: new Date(record.from),
    to: new Date(record.to),
    createdAt: new Date(record.createdAt),
    playableAt: dateOf(record.playableAt),
    readyAt: dateOf(record.readyAt),
  }
}

/** The record of a row, whether it is deleted or not. */
export function toRecord({
  deletedAt: _deletedAt,
  purged: _purged,
  ...row
}: typeof highlights.$inferSelect): HighlightRecord {
  return {
    ...row,
    at: row.at.toISOString(),
    from: row.from.toISOString(),
    to: row.to.toISOString(),
    createdAt: row.createdAt.toISOString(),
    playableAt: row.playableAt?.toISOString() ?? null,
    readyAt: row.readyAt?.toISOString() ?? null,
  }
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text))
