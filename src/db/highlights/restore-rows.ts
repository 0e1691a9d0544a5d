import type { HighlightRecord, RecapRecord } from '../../highlights/index.ts'
import type { RowRestorer } from '../../recovery/restorers.ts'
import type { Database } from '../database.ts'
import { eq } from '../drizzle.ts'
import { toRow } from './highlight-rows.ts'
import { createRecapRepository, toRow as toRecapRow } from './recap-repository.ts'
import { highlights, recaps } from './schema.ts'

export function createHighlightRestorer(database: Database): RowRestorer<HighlightRecord> {
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

export function createRecapRestorer(database: Database): RowRestorer<RecapRecord> {
  const { list } = createRecapRepository(database)
  return {
    async knownOf(recordingId) {
      return new Set((await list(recordingId)).map(({ id }) => id))
    },
    async restore(record) {
      const written = await database.run((queries) =>
        queries.insert(recaps).values(toRecapRow(record)).onConflictDoNothing().returning({ id: recaps.id }),
      )
      return written.length > 0
    },
  }
}
