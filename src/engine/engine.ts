import { fromPglite, type PGliteLike, PgBoss } from 'pg-boss'
import { AppError } from '../protocol/index.ts'
import type { TakeQueue, WebhookQueue } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { FINALIZE_QUEUE, QUEUES, TAKE_EXPIRE_SEC, TAKE_QUEUE, WEBHOOK_QUEUE } from './queues.ts'

export type EngineDatabase =
  | { readonly kind: 'pglite'; readonly pglite: PGliteLike }
  | { readonly kind: 'postgres'; readonly url: string }

/** The queues of the service. A worker takes from them; whoever holds it may fill them. */
export interface Engine extends AsyncDisposable {
  readonly boss: PgBoss
  readonly takeQueue: TakeQueue
  readonly webhookQueue: WebhookQueue
  /** Closes a recording's playlists, not before `afterSec`; again until the store takes it. */
  enqueueFinalize(recordingId: string, afterSec: number): Promise<void>
}

const SCHEMA = 'pgboss'
const STOP_TIMEOUT_MS = 5000
/** How often dead workers and stuck jobs are looked for, seconds. */
const MONITOR_SEC = 10

/** Opens the queues, and makes them where they are missing. It works on nothing yet. */
export async function openEngine(database: EngineDatabase, logger: Logger): Promise<Engine> {
  const common = {
    schema: SCHEMA,
    useListenNotify: true,
    superviseIntervalSeconds: MONITOR_SEC,
    monitorIntervalSeconds: MONITOR_SEC,
    schedule: false,
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
      : new PgBoss({ ...common, connectionString: database.url, application_name: 'panorec engine', max: 6 })
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
  return {
    boss,
    takeQueue: {
      async enqueue(recordingId) {
        await boss.send(TAKE_QUEUE, { recordingId }, { singletonKey: recordingId }).catch(refuse)
      },
    },
    webhookQueue: {
      async enqueue(recordingId, webhook) {
        const key = `${recordingId}/${webhook}`
        await boss.send(WEBHOOK_QUEUE, { recordingId, webhook }, { singletonKey: key }).catch((err: unknown) => {
          logger.error(
            { err, recordingId, webhook },
            'a webhook waits for the next sweep, because it could not be queued',
          )
        })
      },
    },
    async enqueueFinalize(recordingId, afterSec) {
      await boss
        .send(FINALIZE_QUEUE, { recordingId }, { singletonKey: recordingId, startAfter: afterSec })
        .catch(refuse)
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS })
    },
  }
}

/**
 * pg-boss 12 refuses an expiry above 24 hours in its options, but keeps it per queue in a plain column and has no bound
 * of its own there; dead workers are found by their heartbeat, not by expiry.
 */
async function createQueues(boss: PgBoss): Promise<void> {
  for (const { name, ...options } of QUEUES) await boss.createQueue(name, options)
  const stretch = `UPDATE ${SCHEMA}.queue SET expire_seconds = $1 WHERE name = $2`
  await boss.getDb().executeSql(stretch, [TAKE_EXPIRE_SEC, TAKE_QUEUE])
}

function refuse(cause: unknown): never {
  throw new AppError('database.unavailable', 'The job could not be queued: try again.', { cause })
}
