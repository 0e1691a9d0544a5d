import type { QueueReason } from '../../protocol/index.ts'
import type { Refusal, StartQueue, WorkerRegistry } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, gt, lte, sql } from '../drizzle.ts'
import { recordings, workers } from './schema.ts'

/** A worker with a heartbeat within this time lives. In an embedded database it is the only one, and lives as long as its process. */
const LEASE_MS = { postgres: 10_000, pglite: 600_000 } as const
/** A heartbeat that says nothing new is written so long after the last: on a server each, as every one of them may be lost. */
const REPEATED_MS = { postgres: 0, pglite: 120_000 } as const

const isAlive = ({ engine }: Database) =>
  gt(workers.seenAt, sql`now() - ${LEASE_MS[engine.kind]} * interval '1 millisecond'`)

/** The workers that take recordings. `worker` names this process. A heartbeat is written when it says something new, or is due. */
export function createWorkerRegistry(database: Database, worker: string): WorkerRegistry {
  return new DatabaseRegistry(database, worker)
}

class DatabaseRegistry implements WorkerRegistry {
  readonly #database: Database
  readonly #worker: string
  #written: { readonly refusal: Refusal | null; readonly atMs: number } | undefined

  constructor(database: Database, worker: string) {
    this.#database = database
    this.#worker = worker
  }

  async heartbeat(refusal: Refusal | null): Promise<void> {
    const dueMs = REPEATED_MS[this.#database.engine.kind]
    const atMs = performance.now()
    const last = this.#written
    if (last !== undefined && last.refusal === refusal && atMs - last.atMs < dueMs) return
    if (last === undefined) await this.#removeOthers()
    const row = { worker: this.#worker, refusal, seenAt: sql`now()` }
    await this.#database.run((queries) =>
      queries.insert(workers).values(row).onConflictDoUpdate({ target: workers.worker, set: row }),
    )
    this.#written = { refusal, atMs }
  }

  async deregister(): Promise<void> {
    this.#written = undefined
    await this.#database.run((queries) => queries.delete(workers).where(eq(workers.worker, this.#worker)))
  }

  /** Whoever was in an embedded database before is gone. */
  async #removeOthers(): Promise<void> {
    if (this.#database.engine.kind === 'pglite') await this.#database.run((queries) => queries.delete(workers))
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
          queries.select({ refusal: workers.refusal }).from(workers).where(isAlive(database)),
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
