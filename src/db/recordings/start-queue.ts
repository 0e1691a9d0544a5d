import type { QueueReason } from '../../protocol/index.ts'
import type { StartQueue, WorkerRegistry } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, gt, lte, sql } from '../drizzle.ts'
import { recordings, workers } from './schema.ts'

/** A worker with a heartbeat within this time lives. */
const LEASE_MS = 10_000
const ALIVE = gt(workers.seenAt, sql`now() - ${LEASE_MS} * interval '1 millisecond'`)

/** The workers that take recordings. `worker` names this process. */
export function createWorkerRegistry(database: Database, worker: string): WorkerRegistry {
  return {
    async heartbeat(refusal) {
      const row = { worker, refusal, seenAt: sql`now()` }
      await database.run((queries) =>
        queries.insert(workers).values(row).onConflictDoUpdate({ target: workers.worker, set: row }),
      )
    },
    async deregister() {
      await database.run((queries) => queries.delete(workers).where(eq(workers.worker, worker)))
    },
  }
}

/** Recordings that are due and have no worker yet, in the order in which workers take them. */
export function createStartQueue(database: Database): StartQueue {
  return {
    async places(ids) {
      const wanted = new Set(ids)
      if (wanted.size === 0) return new Map()
      const [waiting, there] = await database.run((queries) =>
        Promise.all([
          queries
            .select({ id: recordings.id })
            .from(recordings)
            .where(and(eq(recordings.state, 'requested'), lte(recordings.dueAt, sql`now()`)))
            .orderBy(asc(recordings.dueAt), asc(recordings.id)),
          queries.select({ refusal: workers.refusal }).from(workers).where(ALIVE),
        ]),
      )
      const reason = commonReason(there.map(({ refusal }) => refusal))
      const places = waiting.map(({ id }, index) => [id, { position: index + 1, reason }] as const)
      return new Map(places.filter(([id]) => wanted.has(id)))
    },
  }
}

/** One worker with room is enough to start; where none has, most of them say why. */
function commonReason(refusals: readonly (QueueReason | null)[]): QueueReason {
  if (refusals.length === 0) return 'no-worker'
  if (refusals.includes(null)) return 'starting'
  const counts = Map.groupBy(refusals, (refusal) => refusal)
  const [most] = [...counts].sort(([, a], [, b]) => b.length - a.length)
  return most?.[0] ?? 'starting'
}
