import { dueAt, type RecordingRepository } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { eq } from '../drizzle.ts'
import { notDeleted } from './find-recordings.ts'
import { changingColumns, fixedColumns, toRecord } from './recording-rows.ts'
import { recordings } from './schema.ts'
import { writeEvents } from './write-events.ts'

/** Each change and its events are one transaction. Errors: `recording.not-found`, and those of the database. */
export function changeRecordings(database: Database): Pick<RecordingRepository, 'insert' | 'update'> {
  return {
    insert({ record, events }) {
      return database.transaction(async (queries) => {
        const row = { ...changingColumns(record), ...fixedColumns(record), dueAt: dueAt(record) }
        const inserted = await queries
          .insert(recordings)
          .values(row)
          .onConflictDoNothing({ target: recordings.id })
          .returning({ id: recordings.id })
        if (inserted.length > 0) await writeEvents(queries, record.id, events)
        return inserted.length > 0
      })
    },

    update(id, decide) {
      return database.transaction(async (queries) => {
        const [row] = await queries.select().from(recordings).where(notDeleted(id)).for('update')
        const before = toRecord(id, row)
        const change = decide(before)
        if (change === undefined) return before
        await queries.update(recordings).set(changingColumns(change.record)).where(eq(recordings.id, id))
        await writeEvents(queries, change.record.id, change.events)
        return change.record
      })
    },
  }
}
