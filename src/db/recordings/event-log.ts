import type { Event } from '../../protocol/index.ts'
import type { EventLog } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, gt, inArray, max } from '../drizzle.ts'
import { events } from './schema.ts'

export function createEventLog(database: Database): EventLog {
  return {
    async lastId() {
      const [row] = await database.run((queries) => queries.select({ id: max(events.id) }).from(events))
      return row?.id ?? 0
    },
    async after(id, { recordingId, types, limit }) {
      const wanted = and(
        gt(events.id, id),
        recordingId === undefined ? undefined : eq(events.recordingId, recordingId),
        types === undefined ? undefined : inArray(events.type, [...types]),
      )
      const rows = await database.run((queries) =>
        queries.select().from(events).where(wanted).orderBy(asc(events.id)).limit(limit),
      )
      return rows.map((row) => ({ ...row.payload, id: row.id }) as Event)
    },
    watch: (onEvent) => database.notifications.on('panorec_events', () => onEvent()),
  }
}
