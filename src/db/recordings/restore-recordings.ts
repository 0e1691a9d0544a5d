import type { RecordingRestorer } from '../../recovery/restorers.ts'
import type { Database } from '../database.ts'
import { eq } from '../drizzle.ts'
import { changingColumns, fixedColumns } from './recording-rows.ts'
import { recordings } from './schema.ts'

/** Errors: those of the database. */
export function createRecordingRestorer(database: Database): RecordingRestorer {
  return {
    async knows(id) {
      const rows = await database.run((queries) =>
        queries.select({ id: recordings.id }).from(recordings).where(eq(recordings.id, id)),
      )
      return rows.length > 0
    },
    async restore(record) {
      const row = { ...changingColumns(record), ...fixedColumns(record) }
      const written = await database.run((queries) =>
        queries.insert(recordings).values(row).onConflictDoNothing().returning({ id: recordings.id }),
      )
      return written.length > 0
    },
  }
}
