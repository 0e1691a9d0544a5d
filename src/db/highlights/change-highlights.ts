import type { HighlightRecord, HighlightRepository } from '../../highlights/index.ts'
import type { Database, Queries } from '../database.ts'
import { and, eq, sql } from '../drizzle.ts'
import { writeEvents } from '../recordings/write-events.ts'
import { NOT_DELETED, toRecord, toRow } from './highlight-rows.ts'
import { highlights, shares } from './schema.ts'

/** Each change and its events are one transaction. Errors: those of the database. */
export function changeHighlights(database: Database): Pick<HighlightRepository, 'insert' | 'update' | 'delete'> {
  return {
    insert({ record, events }) {
      return database.transaction(async (queries) => {
        const inserted = await queries
          .insert(highlights)
          .values(toRow(record))
          .onConflictDoNothing({ target: [highlights.recordingId, highlights.originKey] })
          .returning({ id: highlights.id })
        if (inserted.length === 0) return { record: await sameOrigin(queries, record), fresh: false }
        await writeEvents(queries, record.recordingId, events)
        if (record.state === 'waiting') {
          await queries.execute(sql`select pg_notify('panorec_highlights', ${record.recordingId})`)
        }
        return { record, fresh: true }
      })
    },

    update(id, change) {
      return database.transaction(async (queries) => {
        const [row] = await queries
          .select()
          .from(highlights)
          .where(and(eq(highlights.id, id), NOT_DELETED))
          .for('update')
        if (row === undefined) return undefined
        const before = toRecord(row)
        const after = change(before)
        if (after === undefined) return before
        await queries.update(highlights).set(toRow(after.record)).where(eq(highlights.id, id))
        await writeEvents(queries, before.recordingId, after.events)
        return after.record
      })
    },

    delete(id, event) {
      return database.transaction(async (queries) => {
        const [row] = await queries
          .update(highlights)
          .set({ deletedAt: sql`now()` })
          .where(and(eq(highlights.id, id), NOT_DELETED))
          .returning()
        if (row === undefined) return undefined
        const record = toRecord(row)
        await queries.delete(shares).where(eq(shares.highlightId, id))
        await writeEvents(queries, record.recordingId, [event(record)])
        return record
      })
    },
  }
}

/** The recording's highlight of the same origin, deleted or not. */
async function sameOrigin(queries: Queries, record: HighlightRecord): Promise<HighlightRecord> {
  const same = and(eq(highlights.recordingId, record.recordingId), eq(highlights.originKey, record.originKey ?? ''))
  const [known] = await queries.select().from(highlights).where(same)
  return known === undefined ? record : toRecord(known)
}
