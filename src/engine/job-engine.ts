import type { Duplex } from 'node:stream'
import { fromPglite, type PGliteLike, PgBoss } from 'pg-boss'
import type { ClipQueue } from '../highlights/index.ts'
import { AppError } from '../protocol/index.ts'
import type { DeletionQueue, TakeQueue, WebhookQueue } from '../recording/index.ts'
import type { NextRemoval } from '../retention/index.ts'
import type { Logger } from '../telemetry/index.ts'
import {
  CLIP_QUEUE,
  DELETE_QUEUE,
  DUE_QUEUE,
  FINALIZE_QUEUE,
  GOES_ON_PRIORITY,
  HEARTBEAT_SEC,
  QUEUES,
  RECAP_QUEUE,
  REMOVAL_QUEUE,
  type RemovalJob,
  TAKE_EXPIRE_SEC,
  TAKE_QUEUE,
  WEBHOOK_QUEUE,
} from './queues.ts'

export type EngineDatabase =
  | { readonly kind: 'pglite'; readonly pglite: PGliteLike }
  | { readonly kind: 'postgres'; readonly url: string; readonly openSocket: () => Duplex }

/** `webhook` is its index in the spec of the recording. */
interface DueWebhook {
  readonly recordingId: string
  readonly webhook: number
}

/** The queues of the service. A worker takes from them; whoever holds it may fill them. */
export interface Engine extends AsyncDisposable {
  readonly boss: PgBoss
  readonly takeQueue: TakeQueue
  readonly webhookQueue: WebhookQueue & {
    /** Queues those for which nothing is queued or done. */
    enqueueLost(due: readonly DueWebhook[]): Promise<void>
  }
  readonly clipQueue: ClipQueue
  readonly deletionQueue: DeletionQueue
  /** Gives a running take job back, so that another worker is given the recording at once. */
  handBack(jobId: string, recordingId: string): Promise<void>
  /** From now on the job of a running take comes before those that wait for their first: should its worker die, too. */
  putFirst(jobId: string): Promise<void>
  /** Forgets who worked on what: only while no worker runs. */
  forgetWorkers(): Promise<void>
  /** Looks again at what has left the playlists of a rolling recording. One look waits for each recording. */
  enqueueRemoval(recordingId: string, next: NextRemoval): Promise<void>
  /** Closes a recording's playlists, not before `afterSec`; again until the store takes it. */
  enqueueFinalize(recordingId: string, afterSec: number): Promise<void>
}

const SCHEMA = 'pgboss'
/** Jobs that are queued, run, or will be repeated. */
const JOBS_OF = `SELECT DISTINCT data->>'recordingId' AS recording_id FROM ${SCHEMA}.job
  WHERE name = ANY($1) AND state IN ('created', 'retry', 'active') AND data->>'recordingId' = ANY($2)`
const KEYS_OF = `SELECT DISTINCT singleton_key FROM ${SCHEMA}.job
  WHERE name = $1 AND state IN ('created', 'retry', 'active') AND singleton_key = ANY($2)`
const MAX_CONNECTIONS = 6
const STOP_TIMEOUT_MS = 5000
/** How often dead workers and stuck jobs are looked for, seconds. */
const MONITOR_SEC = 3
/** How often it is looked which schedules are due: what they start begins at most so late. */
const CRON_SEC = 5

/** Opens the queues, and makes them where they are missing. It works on nothing yet. */
export async function openEngine(database: EngineDatabase, logger: Logger): Promise<Engine> {
  const common = {
    schema: SCHEMA,
    useListenNotify: true,
    superviseIntervalSeconds: MONITOR_SEC,
    monitorIntervalSeconds: MONITOR_SEC,
    cronMonitorIntervalSeconds: CRON_SEC,
    cronWorkerIntervalSeconds: 1,
  }
  const boss =
    database.kind === 'pglite'
      ? new PgBoss({
          ...common,
          backend: 'pglite',
          db: fromPglite(database.pglite),
          reindex: false,
          monitorVacuum: false,
        })
      : new PgBoss({ ...common, ...connectionOf(database) })
  boss.on('error', (err) => logger.error({ err }, 'the job engine met an error'))
  boss.on('warning', ({ message, data }) => logger.warn({ data }, message))
  await boss.start().catch((cause: unknown) => {
    throw new AppError('database.unavailable', 'The job engine could not start on this database.', { cause })
  })
  try {
    await createQueues(boss)
  } catch (cause) {
    await boss.stop({ graceful: false })
    throw new AppError('database.unavailable', 'The queues of the job engine could not be made.', { cause })
  }
  const enqueueFinalize = async (recordingId: string, afterSec: number) => {
    const options = { singletonKey: recordingId, startAfter: afterSec }
    await boss.send(FINALIZE_QUEUE, { recordingId }, options).catch(refuse)
  }
  const enqueueRemoval = async (recordingId: string, { marks, afterSec }: NextRemoval) => {
    const job: RemovalJob = { recordingId, marks }
    await boss.send(REMOVAL_QUEUE, job, { singletonKey: recordingId, startAfter: afterSec }).catch(refuse)
  }
  const enqueueTake = async (recordingId: string, goesOn: boolean) => {
    const priority = goesOn ? GOES_ON_PRIORITY : 0
    await boss.send(TAKE_QUEUE, { recordingId }, { singletonKey: recordingId, priority }).catch(refuse)
  }
  const enqueueWebhook = async (due: DueWebhook) => {
    await boss.send(WEBHOOK_QUEUE, due, { singletonKey: keyOf(due) }).catch(refuse)
  }
  const execute = async (sql: string, values: unknown[]) =>
    (await boss.getDb().executeSql(sql, values).catch(refuse)).rows as readonly Record<string, unknown>[]
  return {
    boss,
    takeQueue: {
      enqueue: (recordingId, options) => enqueueTake(recordingId, options?.goesOn ?? false),
      async withoutJob(recordingIds) {
        const rows = await execute(JOBS_OF, [[TAKE_QUEUE, FINALIZE_QUEUE], recordingIds])
        const known = new Set(rows.map(({ recording_id }) => recording_id))
        return recordingIds.filter((id) => !known.has(id))
      },
      enqueueClose: (recordingId) => enqueueFinalize(recordingId, 0),
      enqueueRemoval: (recordingId) => enqueueRemoval(recordingId, { marks: [], afterSec: 0 }),
    },
    webhookQueue: {
      async enqueue(recordingId, webhook) {
        await enqueueWebhook({ recordingId, webhook }).catch((err: unknown) => {
          logger.error(
            { err, recordingId, webhook },
            'a webhook waits for the next sweep, because it could not be queued',
          )
        })
      },
      async enqueueLost(due) {
        if (due.length === 0) return
        const rows = await execute(KEYS_OF, [WEBHOOK_QUEUE, due.map(keyOf)])
        const known = new Set(rows.map(({ singleton_key }) => singleton_key))
        for (const one of due) if (!known.has(keyOf(one))) await enqueueWebhook(one)
      },
    },
    clipQueue: {
      async enqueueClip(ids) {
        await boss.send(CLIP_QUEUE, ids, { singletonKey: ids.highlightId }).catch(refuse)
      },
      async enqueueRecap(ids) {
        await boss.send(RECAP_QUEUE, ids, { singletonKey: ids.recapId }).catch(refuse)
      },
    },
    deletionQueue: {
      async enqueue(recordingId) {
        await boss.send(DELETE_QUEUE, { recordingId }, { singletonKey: recordingId }).catch(refuse)
      },
    },
    async handBack(jobId, recordingId) {
      await boss.complete(TAKE_QUEUE, jobId)
      await enqueueTake(recordingId, true)
    },
    async putFirst(jobId) {
      const raise = `UPDATE ${SCHEMA}.job SET priority = $1 WHERE name = $2 AND id = $3`
      await execute(raise, [GOES_ON_PRIORITY, TAKE_QUEUE, jobId])
    },
    async forgetWorkers() {
      const forget = `DELETE FROM ${SCHEMA}.job WHERE name = ANY($1) AND state = 'active'`
      await execute(forget, [[TAKE_QUEUE, FINALIZE_QUEUE]])
    },
    enqueueFinalize,
    enqueueRemoval,
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS })
    },
  }
}

/** pg-boss hands what it does not know on to its pool. */
function connectionOf({ url, openSocket }: Extract<EngineDatabase, { kind: 'postgres' }>) {
  return {
    connectionString: url,
    application_name: 'panorec engine',
    max: MAX_CONNECTIONS,
    keepAlive: true,
    stream: openSocket,
  }
}

/**
 * Queues that are there get the options of this version; their policy stays. pg-boss 12 refuses an expiry above 24 hours in
 * its options, but keeps it per queue in a plain column and has no bound of its own there; dead workers are found by their
 * heartbeat, not by expiry.
 */
async function createQueues(boss: PgBoss): Promise<void> {
  for (const { name, policy, ...options } of QUEUES) {
    await boss.createQueue(name, { ...options, ...(policy !== undefined && { policy }) })
    await boss.updateQueue(name, options)
  }
  // Without it a schedule whose service was killed in that moment would wait for a quarter of an hour.
  await boss.updateQueue(DUE_QUEUE, { heartbeatSeconds: HEARTBEAT_SEC })
  const stretch = `UPDATE ${SCHEMA}.queue SET expire_seconds = $1 WHERE name = $2`
  await boss.getDb().executeSql(stretch, [TAKE_EXPIRE_SEC, TAKE_QUEUE])
}

function keyOf({ recordingId, webhook }: DueWebhook): string {
  return `${recordingId}/${webhook}`
}

function refuse(cause: unknown): never {
  throw new AppError('database.unavailable', 'The job could not be queued: try again.', { cause })
}
