import { OPEN_STATES, type OpenWork } from '../recording/index.ts'
import type { Database } from './database.ts'
import { and, eq, inArray, isNotNull, isNull, or, sql } from './drizzle.ts'
import { WAITING } from './highlights/highlight-rows.ts'
import { highlights, recaps } from './highlights/schema.ts'
import { recordings } from './recordings/schema.ts'

/** The work of one database. Errors: those of the database. */
export function createOpenWork(database: Database): OpenWork {
  return {
    async hasAny() {
      const one = { one: sql`1` }
      const open = and(isNull(recordings.deletion), inArray(recordings.state, [...OPEN_STATES]))
      const undeleted = and(isNotNull(highlights.deletedAt), eq(highlights.purged, false))
      const unmade = or(WAITING, eq(highlights.state, 'cutting'), undeleted)
      const found = await database.run((queries) =>
        Promise.all([
          queries.select(one).from(recordings).where(open).limit(1),
          queries.select(one).from(highlights).where(unmade).limit(1),
          queries.select(one).from(recaps).where(eq(recaps.state, 'rendering')).limit(1),
        ]),
      )
      return found.some((rows) => rows.length > 0)
    },

    watch(onNews) {
      const { notifications } = database
      const subscriptions = new DisposableStack()
      for (const channel of ['panorec_events', 'panorec_highlights'] as const) {
        subscriptions.use(notifications.on(channel, () => onNews()))
      }
      return subscriptions
    },
  }
}
