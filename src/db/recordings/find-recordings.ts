import type { SQL } from 'drizzle-orm'
import type { RecordingRecord, RecordingRepository } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { and, count, desc, eq, inArray, isNull, lt, lte, sql } from '../drizzle.ts'
import { toRecord } from './recording-rows.ts'
import { recordings } from './schema.ts'

type Finds = Pick<RecordingRepository, 'find' | 'findAny' | 'list' | 'countByState'>

/** The recording of this id, unless it is deleted. */
export const notDeleted = (id: string) => and(eq(recordings.id, id), isNull(recordings.deletion))

/** Errors: `recording.not-found`, and those of the database. */
export function findRecordings(database: Database): Finds {
  const findOne = async (id: string, wanted: SQL | undefined): Promise<RecordingRecord> => {
    const [row] = await database.run((queries) => queries.select().from(recordings).where(wanted))
    return toRecord(id, row)
  }
  return {
    find: (id) => findOne(id, notDeleted(id)),
    findAny: (id) => findOne(id, eq(recordings.id, id)),

    async list({ limit, beforeId, states, room, metadata, dueBefore }) {
      const wanted = and(
        isNull(recordings.deletion),
        beforeId === undefined ? undefined : lt(recordings.id, beforeId),
        states === undefined ? undefined : inArray(recordings.state, [...states]),
        room === undefined ? undefined : eq(recordings.room, room),
        dueBefore === undefined ? undefined : lte(recordings.dueAt, dueBefore),
        metadata === undefined ? undefined : sql`${recordings.metadata} @> ${JSON.stringify(metadata)}::jsonb`,
      )
      const rows = await database.run((queries) =>
        queries.select().from(recordings).where(wanted).orderBy(desc(recordings.id)).limit(limit),
      )
      return rows.map((row) => toRecord(row.id, row))
    },

    async countByState() {
      const rows = await database.run((queries) =>
        queries
          .select({ state: recordings.state, count: count() })
          .from(recordings)
          .where(isNull(recordings.deletion))
          .groupBy(recordings.state),
      )
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
  }
}
