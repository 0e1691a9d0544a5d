import type { HighlightRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, isNotNull, isNull, or } from '../drizzle.ts'
import { selectHighlights } from './highlight-rows.ts'
import { highlights } from './schema.ts'

/** What stays of a deleted highlight: the origin of its trigger, so that a repeated one is recognised. */
const EMPTIED = { purged: true, label: null, by: null, metadata: {}, segments: null, gaps: [], error: null }

/** Errors: those of the database. */
export function purgeHighlights(database: Database): Pick<HighlightRepository, 'purge' | 'unpurged'> {
  return {
    async purge(id) {
      const deleted = and(eq(highlights.id, id), isNotNull(highlights.deletedAt))
      await database.transaction(async (queries) => {
        // Only a recorder repeats a trigger long afterwards.
        await queries
          .delete(highlights)
          .where(and(deleted, or(isNull(highlights.originKey), eq(highlights.trigger, 'api'))))
        await queries.update(highlights).set(EMPTIED).where(deleted)
      })
    },

    unpurged() {
      const wanted = and(isNotNull(highlights.deletedAt), eq(highlights.purged, false))
      return selectHighlights(database, wanted, { order: asc(highlights.id) })
    },
  }
}
