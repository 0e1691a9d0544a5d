import { eq } from 'drizzle-orm'
import type { RecordingRecord } from '../recording/index.ts'
import type { Database } from './database.ts'
import { changingColumns } from './recording-repository.ts'
import { recordings } from './schema.ts'

/** Rows that are written anew from what the store says of a recording. */
export interface RecordingRestorer {
  /** True also for a recording that was deleted: its row is what keeps it so. */
  knows(id: string): Promise<boolean>
  /** Writes the row unless there is one, whatever it says, and no event. False when there was one. */
  restore(record: RecordingRecord): Promise<boolean>
}

export function createRecordingRestorer(database: Database): RecordingRestorer {
  return {
    async knows(id) {
      const rows = await database.run((queries) =>
        queries.select({ id: recordings.id }).from(recordings).where(eq(recordings.id, id)),
      )
      return rows.length > 0
    },
    async restore(record) {
      const row = {
        ...changingColumns(record),
        id: record.id,
        room: record.spec.room ?? null,
        metadata: record.spec.metadata ?? {},
        createdAt: new Date(record.createdAt),
        spec: record.spec,
        traceId: record.traceId,
      }
      const written = await database.run((queries) =>
        queries.insert(recordings).values(row).onConflictDoNothing().returning({ id: recordings.id }),
      )
      return written.length > 0
    },
  }
}
