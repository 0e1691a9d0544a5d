import type { HighlightRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, asc, desc, eq, gte, inArray, lt, sql } from '../drizzle.ts'
import { NOT_DELETED, selectHighlights } from './highlight-rows.ts'
import { highlights } from './schema.ts'

/** Errors: those of the database. */
export function findHighlights(database: Database): Pick<HighlightRepository, 'find' | 'list'> {
  return {
    async find(id) {
      const wanted = and(eq(highlights.id, id), NOT_DELETED)
      const [record] = await selectHighlights(database, wanted, { order: asc(highlights.id) })
      return record
    },

    list({ limit, beforeId, states, recordingId, room, label, by, favourite, since, until }) {
      const wanted = and(
        NOT_DELETED,
        beforeId === undefined ? undefined : lt(highlights.id, beforeId),
        states === undefined ? undefined : inArray(highlights.state, [...states]),
        recordingId === undefined ? undefined : eq(highlights.recordingId, recordingId),
        room === undefined ? undefined : eq(highlights.room, room),
        label === undefined ? undefined : sql`position(lower(${label}) in lower(${highlights.label})) > 0`,
        by === undefined ? undefined : eq(highlights.by, by),
        favourite === undefined ? undefined : eq(highlights.favourite, favourite),
        since === undefined ? undefined : gte(highlights.at, new Date(since)),
        until === undefined ? undefined : lt(highlights.at, new Date(until)),
      )
      return selectHighlights(database, wanted, { order: desc(highlights.id), limit })
    },
  }
}
