import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/index.ts'
import { HEARTBEAT_SEC } from '../../src/engine/queues.ts'

/** Lets the time pass in which the job's worker should have given its heartbeat: the job becomes that of a dead worker. */
export async function missHeartbeat(database: Database, queue: string): Promise<void> {
  const ago = `${HEARTBEAT_SEC + 1} seconds`
  const age = sql`update pgboss.job set heartbeat_on = now() - ${ago}::interval where name = ${queue} and state = 'active'`
  await database.run((queries) => queries.execute(age))
}

/** Jobs of the queue that fail are tried again at once, instead of after their growing waits. */
export async function retryAtOnce(database: Database, queue: string): Promise<void> {
  const now = sql`update pgboss.job set retry_delay = 0, retry_backoff = false where name = ${queue}`
  await database.run((queries) => queries.execute(now))
}
