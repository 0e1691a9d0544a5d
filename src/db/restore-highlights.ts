import { eq } from 'drizzle-orm'
import type { HighlightRecord } from '../highlights/index.ts'
import type { Database } from './database.ts'
import { toRow } from './highlight-repository.ts'
import { highlights } from './schema.ts'

/** Rows of highlights that are written anew from what the store says of them. */
export interface HighlightRestorer {
  /** Ids of all rows of a recording's highlights, also of those whose deletion has not ended. */
  knownOf(recordingId: string): Promise<ReadonlySet<string>>
  /** Writes the row unless there is one, whatever it says, and no event. False when there was one. */
  restore(record: HighlightRecord): Promise<boolean>
}

export function createHighlightRestorer(database: Database): HighlightRestorer {
  return {
    async knownOf(recordingId) {
      const rows = await database.run((queries) =>
        queries.select({ id: highlights.id }).from(highlights).where(eq(highlights.recordingId, recordingId)),
      )
      return new Set(rows.map(({ id }) => id))
    },
    async restore(record) {
      const written = await database.run((queries) =>
        queries.insert(highlights).values(toRow(record)).onConflictDoNothing().returning({ id: highlights.id }),
      )
      return written.length > 0
    },
  }
}
