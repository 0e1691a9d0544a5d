import type { RetainedSegments } from '../../retention/index.ts'
import type { Database } from '../database.ts'
import { and, eq, isNull, sql } from '../drizzle.ts'
import { highlights } from './schema.ts'

export function createRetainedSegments(database: Database): RetainedSegments {
  return {
    async of(recordingId) {
      const wanted = and(eq(highlights.recordingId, recordingId), isNull(highlights.deletedAt))
      const uri = sql<string>`jsonb_array_elements(${highlights.segments}) ->> 'uri'`
      const rows = await database.run((queries) => queries.selectDistinct({ uri }).from(highlights).where(wanted))
      return rows.map((row) => row.uri)
    },
  }
}
