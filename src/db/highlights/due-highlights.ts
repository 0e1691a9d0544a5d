import type { HighlightRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, lt, lte, min } from '../drizzle.ts'
import { NOT_DELETED, selectHighlights, WAITING } from './highlight-rows.ts'
import { highlights } from './schema.ts'

type DueHighlights = Pick<HighlightRepository, 'due' | 'nextDueMs' | 'cuttingSince' | 'watch'>

/** What workers have to plan and to cut. Errors: those of the database. */
export function dueHighlights(database: Database): DueHighlights {
  return {
    due(untilMs, recordingId) {
      const wanted = and(
        WAITING,
        Number.isFinite(untilMs) ? lte(highlights.to, new Date(untilMs)) : undefined,
        recordingId === undefined ? undefined : eq(highlights.recordingId, recordingId),
      )
      return selectHighlights(database, wanted, { order: asc(highlights.to) })
    },

    async nextDueMs(recordingId) {
      const wanted = and(WAITING, eq(highlights.recordingId, recordingId))
      const [row] = await database.run((queries) =>
        queries
          .select({ to: min(highlights.to) })
          .from(highlights)
          .where(wanted),
      )
      return row?.to?.getTime()
    },

    cuttingSince(deadline) {
      const wanted = and(NOT_DELETED, eq(highlights.state, 'cutting'), lt(highlights.playableAt, deadline))
      return selectHighlights(database, wanted, { order: asc(highlights.id) })
    },

    watch: (onWaiting) => database.notifications.on('panorec_highlights', onWaiting),
  }
}
