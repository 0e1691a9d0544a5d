import type { Duplex } from 'node:stream'
import { fromPglite, type PGliteLike, PgBoss } from 'pg-boss'
import type { ClipQueue } from '../highlights/index.ts'
import { AppError } from '../protocol/index.ts'
import type { TakeQueue, WebhookQueue } from '../recording/index.ts'
import type { DeletionQueue, NextRemoval } from '../retention/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { DEFAULT_ENGINE_TIMES, type EngineTimes } from './engine-times.ts'
import { JobTable, SCHEMA } from './job-table.ts'
import { LaterJobs } from './later-jobs.ts'
import {
  CLIP_QUEUE,
  DELETE_QUEUE,
  DUE_QUEUE,
  FINALIZE_QUEUE,
  GOES_ON_PRIORITY,
  HEARTBEAT_SEC,
  QUEUES,
  type QueueJobs,
  type QueueName,
  RECAP_QUEUE,
  REMOVAL_QUEUE,
  TAKE_EXPIRE_SEC,
  TAKE_QUEUE,
  WEBHOOK_QUEUE,
  type WebhookJob,
} from './queues.ts'
import { BossSchedules, type StoredSchedules } from './stored-schedules.ts'
import { type Job, type QueueConsumer, type WorkSettings, workQueue } from './work-queue.ts'

type EngineDatabase =
  | { readonly kind: 'pglite'; readonly pglite: PGliteLike }
  | { readonly kind: 'postgres'; readonly url: string; readonly openSocket: () => Duplex }

/** The queues of the service. Workers take jobs from them; use cases fill them. */
export interface Engine extends AsyncDisposable {
  readonly boss: PgBoss
  readonly takeQueue: TakeQueue
  readonly webhookQueue: WebhookQueue & {
    /** Queues a job for each webhook that has none. */
    enqueueLost(due: readonly WebhookJob[]): Promise<void>
  }
  readonly clipQueue: ClipQueue
  readonly deletionQueue: DeletionQueue
  readonly schedules: StoredSchedules
  /** Works on the jobs of a queue until the consumer is disposed. */
  work<Q extends QueueName>(
    queue: Q,
    settings: WorkSettings<QueueJobs[Q]>,
    handle: (job: Job<QueueJobs[Q]>) => Promise<unknown>,
  ): Promise<QueueConsumer>
  /** Gives a running take job back, so that another worker is given the recording at once. */
  handBack(jobId: string, recordingId: string): Promise<void>
  /** The job of a running take goes before those that wait for their first take from now on, should its worker die. */
  putFirst(jobId: string): Promise<void>
  /** Deletes the jobs that workers had: only while no worker runs. */
  forgetWorkers(): Promise<void>
  /** Queues the next removal of a rolling recording. One waits for each recording. */
  enqueueRemoval(recordingId: string, next: NextRemoval): Promise<void>
  /** Closes a recording's playlists, not before `afterSec`; again until the store takes it. */
  enqueueFinalize(recordingId: string, afterSec: number): Promise<void>
}

/** Queues whose jobs are made anew at a start, from the recordings. */
const FORGOTTEN: readonly QueueName[] = [TAKE_QUEUE, FINALIZE_QUEUE]
const MAX_CONNECTIONS = 6
const STOP_TIMEOUT_MS = 5000
/** Between two looks for what nobody here uses: jobs that depend on others. */
const RARELY_SEC = 600

/** Opens the queues, and makes them where they are missing. It works on nothing yet. Errors: `database.unavailable`. */
export async function openEngine(
  database: EngineDatabase,
  logger: Logger,
  times: EngineTimes = DEFAULT_ENGINE_TIMES,
): Promise<Engine> {
  const boss = new PgBoss(bossOptions(database, times))
  boss.on('error', (err) => logger.error({ err }, 'the job engine met an error'))
  boss.on('warning', ({ message, data }) => logger.warn({ data }, message))
  const jobs = new JobTable(boss)
  const isAlone = database.kind === 'pglite'
  try {
    // Before the start: pg-boss works on that queue itself, at once, and then looks again only when it is announced.
    if (isAlone) await jobs.repeatActive(DUE_QUEUE)
    await boss.start()
  } catch (cause) {
    throw new AppError('database.unavailable', 'The job engine could not start on this database.', { cause })
  }
  try {
    await createQueues(boss, database.kind)
    if (isAlone) await failAbandoned(boss, jobs)
  } catch (cause) {
    await boss.stop({ graceful: false })
    throw new AppError('database.unavailable', 'The queues of the job engine could not be made.', { cause })
  }
  if (!isAlone) return new JobEngine({ boss, jobs, logger, later: undefined })
  const later = new LaterJobs({ waiting: () => jobs.dueInMs(QUEUES.map(({ name }) => name as QueueName)), logger })
  return new JobEngine({ boss, jobs, logger, later })
}

/** Of an embedded database only one process works on the jobs: what is active at its start was an earlier one's. */
async function failAbandoned(boss: PgBoss, jobs: JobTable): Promise<void> {
  const queues = QUEUES.map(({ name }) => name as QueueName).filter((name) => !FORGOTTEN.includes(name))
  for (const { queue, id } of await jobs.active(queues)) {
    await boss.fail(queue, id, { message: 'The service ended while it worked on the job.' })
  }
}

/** pg-boss hands the options of a connection that it does not know on to its pool. */
function bossOptions(database: EngineDatabase, { monitorSec, scheduleCheckSec }: EngineTimes) {
  const common = {
    schema: SCHEMA,
    useListenNotify: true,
    superviseIntervalSeconds: monitorSec,
    monitorIntervalSeconds: monitorSec,
    cronMonitorIntervalSeconds: scheduleCheckSec,
    cronWorkerIntervalSeconds: 1,
  }
  if (database.kind === 'pglite') {
    const db = fromPglite(database.pglite)
    const rare = { flowIntervalSeconds: RARELY_SEC, reindex: false, monitorVacuum: false }
    return { ...common, ...rare, backend: 'pglite' as const, db }
  }
  return {
    ...common,
    connectionString: database.url,
    application_name: 'panorec engine',
    max: MAX_CONNECTIONS,
    keepAlive: true,
    stream: database.openSocket,
  }
}

/**
 * Queues that are there get the options of this version; their policy stays. pg-boss 12 refuses an expiry above 24 hours in
 * its options, but keeps it per queue in a plain column and has no bound of its own there; dead workers are found by their
 * heartbeat, not by expiry.
 */
async function createQueues(boss: PgBoss, kind: EngineDatabase['kind']): Promise<void> {
  for (const { name, policy, ...options } of QUEUES) {
    await boss.createQueue(name, { ...options, ...(policy !== undefined && { policy }) })
    await boss.updateQueue(name, options)
  }
  // Without it a schedule whose service was killed in that moment would wait for a quarter of an hour.
  await boss.updateQueue(DUE_QUEUE, { heartbeatSeconds: HEARTBEAT_SEC, notify: kind === 'pglite' })
  const stretch = `UPDATE ${SCHEMA}.queue SET expire_seconds = $1 WHERE name = $2`
  await boss.getDb().executeSql(stretch, [TAKE_EXPIRE_SEC, TAKE_QUEUE])
}

interface EngineParts {
  readonly boss: PgBoss
  readonly jobs: JobTable
  readonly logger: Logger
  readonly later: LaterJobs | undefined
}

class JobEngine implements Engine {
  readonly boss: PgBoss
  readonly schedules: StoredSchedules
  readonly #jobs: JobTable
  readonly #logger: Logger
  readonly #later: LaterJobs | undefined

  constructor({ boss, jobs, logger, later }: EngineParts) {
    this.boss = boss
    this.schedules = new BossSchedules(boss)
    this.#jobs = jobs
    this.#logger = logger
    this.#later = later
  }

  readonly takeQueue: TakeQueue = {
    enqueue: (recordingId, options) => this.#enqueueTake(recordingId, options?.goesOn ?? false),
    withoutJob: (recordingIds) => this.#jobs.recordingsWithoutJob([TAKE_QUEUE, FINALIZE_QUEUE], recordingIds),
    enqueueClose: (recordingId) => this.enqueueFinalize(recordingId, 0),
    enqueueRemoval: (recordingId) => this.enqueueRemoval(recordingId, { marks: [], afterSec: 0 }),
  }

  readonly webhookQueue = {
    enqueue: async (recordingId: string, webhook: number) => {
      await this.#enqueueWebhook({ recordingId, webhook }).catch((err: unknown) => {
        const message = 'a webhook waits for the next sweep, because it could not be queued'
        this.#logger.error({ err, recordingId, webhook }, message)
      })
    },
    enqueueLost: async (due: readonly WebhookJob[]) => {
      if (due.length === 0) return
      const queued = await this.#jobs.queuedKeys(WEBHOOK_QUEUE, due.map(keyOf))
      for (const one of due) if (!queued.has(keyOf(one))) await this.#enqueueWebhook(one)
    },
  }

  readonly clipQueue: ClipQueue = {
    enqueueClip: (ids) => this.#jobs.send(CLIP_QUEUE, ids, { singletonKey: ids.highlightId }),
    enqueueRecap: (ids) => this.#jobs.send(RECAP_QUEUE, ids, { singletonKey: ids.recapId }),
  }

  readonly deletionQueue: DeletionQueue = {
    enqueue: (recordingId) => this.#jobs.send(DELETE_QUEUE, { recordingId }, { singletonKey: recordingId }),
  }

  work<Q extends QueueName>(
    queue: Q,
    settings: WorkSettings<QueueJobs[Q]>,
    handle: (job: Job<QueueJobs[Q]>) => Promise<unknown>,
  ): Promise<QueueConsumer> {
    return workQueue({ boss: this.boss, logger: this.#logger, later: this.#later }, queue, settings, handle)
  }

  async handBack(jobId: string, recordingId: string): Promise<void> {
    await this.boss.complete(TAKE_QUEUE, jobId)
    await this.#enqueueTake(recordingId, true)
  }

  async putFirst(jobId: string): Promise<void> {
    await this.#jobs.setPriority(TAKE_QUEUE, jobId, GOES_ON_PRIORITY)
  }

  async forgetWorkers(): Promise<void> {
    await this.#jobs.deleteActive(FORGOTTEN)
  }

  async enqueueRemoval(recordingId: string, { marks, afterSec }: NextRemoval): Promise<void> {
    await this.#jobs.send(REMOVAL_QUEUE, { recordingId, marks }, { singletonKey: recordingId, startAfter: afterSec })
    this.#later?.expect()
  }

  async enqueueFinalize(recordingId: string, afterSec: number): Promise<void> {
    await this.#jobs.send(FINALIZE_QUEUE, { recordingId }, { singletonKey: recordingId, startAfter: afterSec })
    this.#later?.expect()
  }

  async #enqueueTake(recordingId: string, goesOn: boolean): Promise<void> {
    const priority = goesOn ? GOES_ON_PRIORITY : 0
    await this.#jobs.send(TAKE_QUEUE, { recordingId }, { singletonKey: recordingId, priority })
  }

  async #enqueueWebhook(job: WebhookJob): Promise<void> {
    await this.#jobs.send(WEBHOOK_QUEUE, job, { singletonKey: keyOf(job) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#later?.[Symbol.dispose]()
    await this.boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS })
  }
}

function keyOf({ recordingId, webhook }: WebhookJob): string {
  return `${recordingId}/${webhook}`
}
