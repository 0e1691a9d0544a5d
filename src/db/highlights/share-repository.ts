import type { ShareRecord, ShareRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, desc, eq, isNull, lt } from '../drizzle.ts'
import { shares } from './schema.ts'

export function createShareRepository(database: Database): ShareRepository {
  const find = async (id: string): Promise<ShareRecord | undefined> => {
    const [row] = await database.run((queries) => queries.select().from(shares).where(eq(shares.id, id)))
    return row && toRecord(row)
  }
  return {
    find,

    async insert({ createdAt, expiresAt, revokedAt, ...rest }) {
      const times = {
        createdAt: new Date(createdAt),
        expiresAt: new Date(expiresAt),
        revokedAt: revokedAt === null ? null : new Date(revokedAt),
      }
      const row = { ...rest, ...times }
      // Written over by itself, so that it is returned.
      const same = { target: shares.id, set: { id: rest.id } }
      const [stored] = await database.run((queries) =>
        queries.insert(shares).values(row).onConflictDoUpdate(same).returning(),
      )
      return toRecord(stored ?? row)
    },

    async list(highlightId, page) {
      const wanted = and(
        eq(shares.highlightId, highlightId),
        page?.beforeId === undefined ? undefined : lt(shares.id, page.beforeId),
      )
      const rows = await database.run((queries) => {
        const all = queries.select().from(shares).where(wanted).orderBy(desc(shares.id))
        return page === undefined ? all : all.limit(page.limit)
      })
      return rows.map(toRecord)
    },

    async revoke(id, at) {
      await database.run((queries) =>
        queries
          .update(shares)
          .set({ revokedAt: at })
          .where(and(eq(shares.id, id), isNull(shares.revokedAt))),
      )
      return await find(id)
    },
  }
}

function toRecord(row: typeof shares.$inferSelect): ShareRecord {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
