import type { PgBoss, SendOptions } from 'pg-boss'
import { AppError } from '../protocol/index.ts'
import type { QueueJobs, QueueName } from './queues.ts'

export const SCHEMA = 'pgboss'
/** Jobs that are queued, run, or will be repeated. */
const IS_OPEN = "state IN ('created', 'retry', 'active')"

/** Jobs as rows: what is sent, and what pg-boss has no call for. Errors: `database.unavailable`. */
export class JobTable {
  readonly #boss: PgBoss

  constructor(boss: PgBoss) {
    this.#boss = boss
  }

  async send<Q extends QueueName>(queue: Q, job: QueueJobs[Q], options: SendOptions): Promise<void> {
    await this.#boss.send(queue, job, options).catch(refuse)
  }

  /** Those of the recordings that none of the queues has an open job for. */
  async recordingsWithoutJob(queues: readonly QueueName[], recordingIds: readonly string[]): Promise<string[]> {
    const text = `SELECT DISTINCT data->>'recordingId' AS recording_id FROM ${SCHEMA}.job
      WHERE name = ANY($1) AND ${IS_OPEN} AND data->>'recordingId' = ANY($2)`
    const known = new Set((await this.#query(text, [queues, recordingIds])).map(({ recording_id }) => recording_id))
    return recordingIds.filter((id) => !known.has(id))
  }

  /** Those of the keys that the queue has an open job for. */
  async queuedKeys(queue: QueueName, keys: readonly string[]): Promise<ReadonlySet<unknown>> {
    const text = `SELECT DISTINCT singleton_key FROM ${SCHEMA}.job
      WHERE name = $1 AND ${IS_OPEN} AND singleton_key = ANY($2)`
    return new Set((await this.#query(text, [queue, keys])).map(({ singleton_key }) => singleton_key))
  }

  /** For each of the queues with queued jobs, milliseconds until the first of them may run. */
  async dueInMs(queues: readonly QueueName[]): Promise<ReadonlyMap<string, number>> {
    const text = `SELECT name, extract(epoch FROM min(start_after) - now()) * 1000 AS ms FROM ${SCHEMA}.job
      WHERE name = ANY($1) AND state IN ('created', 'retry') GROUP BY name`
    return new Map((await this.#query(text, [queues])).map(({ name, ms }) => [String(name), Number(ms)]))
  }

  /** The jobs that somebody works on. */
  async active(queues: readonly QueueName[]): Promise<readonly { readonly queue: QueueName; readonly id: string }[]> {
    const text = `SELECT name, id FROM ${SCHEMA}.job WHERE name = ANY($1) AND state = 'active'`
    return (await this.#query(text, [queues])).map(({ name, id }) => ({ queue: name as QueueName, id: String(id) }))
  }

  /** Queues anew what somebody works on. Without the table, which the first start makes, there is nothing. */
  async repeatActive(queue: string): Promise<void> {
    const [found] = await this.#query('SELECT to_regclass($1) IS NOT NULL AS made', [`${SCHEMA}.job`])
    if (found?.made !== true) return
    await this.#query(`UPDATE ${SCHEMA}.job SET state = 'retry' WHERE name = $1 AND state = 'active'`, [queue])
  }

  async setPriority(queue: QueueName, jobId: string, priority: number): Promise<void> {
    await this.#query(`UPDATE ${SCHEMA}.job SET priority = $1 WHERE name = $2 AND id = $3`, [priority, queue, jobId])
  }

  async deleteActive(queues: readonly QueueName[]): Promise<void> {
    await this.#query(`DELETE FROM ${SCHEMA}.job WHERE name = ANY($1) AND state = 'active'`, [queues])
  }

  async #query(text: string, values: unknown[]): Promise<readonly Record<string, unknown>[]> {
    return (await this.#boss.getDb().executeSql(text, values).catch(refuse)).rows
  }
}

function refuse(cause: unknown): never {
  throw new AppError('database.unavailable', 'The job could not be queued: try again.', { cause })
}
