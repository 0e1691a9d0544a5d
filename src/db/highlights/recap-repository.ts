import type { RecapRecord, RecapRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, desc, eq, lt } from '../drizzle.ts'
import { writeEvents } from '../recordings/write-events.ts'
import { recaps } from './schema.ts'

export function createRecapRepository(database: Database): RecapRepository {
  return {
    async insert(record) {
      // Written over by itself, so that it is returned.
      const same = { target: recaps.id, set: { id: record.id } }
      const [row] = await database.run((queries) =>
        queries.insert(recaps).values(toRow(record)).onConflictDoUpdate(same).returning(),
      )
      return row === undefined ? record : toRecord(row)
    },

    async find(id) {
      const [row] = await database.run((queries) => queries.select().from(recaps).where(eq(recaps.id, id)))
      return row && toRecord(row)
    },

    async list(recordingId, page) {
      const wanted = and(
        eq(recaps.recordingId, recordingId),
        page?.beforeId === undefined ? undefined : lt(recaps.id, page.beforeId),
      )
      const rows = await database.run((queries) => {
        const all = queries.select().from(recaps).where(wanted).orderBy(desc(recaps.id))
        return page === undefined ? all : all.limit(page.limit)
      })
      return rows.map(toRecord)
    },

    update(id, change) {
      return database.transaction(async (queries) => {
        const [row] = await queries.select().from(recaps).where(eq(recaps.id, id)).for('update')
        if (row === undefined) return undefined
        const before = toRecord(row)
        const after = change(before)
        if (after === undefined) return before
        await queries.update(recaps).set(toRow(after.record)).where(eq(recaps.id, id))
        await writeEvents(queries, before.recordingId, after.event ? [after.event] : [])
        return after.record
      })
    },

    async delete(id) {
      const [row] = await database.run((queries) => queries.delete(recaps).where(eq(recaps.id, id)).returning())
      return row && toRecord(row)
    },

    async renderingSince(deadline) {
      const wanted = and(eq(recaps.state, 'rendering'), lt(recaps.createdAt, deadline))
      const rows = await database.run((queries) => queries.select().from(recaps).where(wanted))
      return rows.map(toRecord)
    },
  }
}

/** As the table has it; also for rows that are written anew. */
export function toRow({ createdAt, readyAt, ...rest }: RecapRecord): typeof recaps.$inferInsert {
  return { ...rest, createdAt: new Date(createdAt), readyAt: readyAt === null ? null : new Date(readyAt) }
}

function toRecord(row: typeof recaps.$inferSelect): RecapRecord {
  return { ...row, createdAt: row.createdAt.toISOString(), readyAt: row.readyAt?.toISOString() ?? null }
}
