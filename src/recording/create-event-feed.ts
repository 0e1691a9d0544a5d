import type { Event } from '../protocol/index.ts'
import { WakeUp } from '../timing/index.ts'
import type { EventLog } from './ports.ts'
import type { EventFeed } from './recordings.ts'

const BATCH = 200

/** The feed over the log: replay and live are the same read, so that nothing is lost or doubled between them. */
export function createEventFeed(log: EventLog): EventFeed {
  return {
    lastId: () => log.lastId(),
    async *subscribe({ afterId, recordingId, types, signal }) {
      const news = new WakeUp()
      using _watch = log.watch(() => news.ring())
      const lastId = await log.lastId()
      // A later id is of another database, or of one that was put back: what comes now has smaller ones.
      let cursor = Math.min(afterId ?? lastId, lastId)
      const filter = { limit: BATCH, ...(recordingId !== undefined && { recordingId }), ...(types && { types }) }
      while (!signal.aborted) {
        const events: readonly Event[] = await log.after(cursor, filter)
        for (const event of events) {
          if (signal.aborted) return
          yield event
          cursor = event.id
        }
        if (events.length < BATCH) await news.wait({ signal })
      }
    },
  }
}
