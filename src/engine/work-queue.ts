import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { type AppError, toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { LaterJobs } from './later-jobs.ts'
import type { QueueJobs, QueueName } from './queues.ts'

/** A job as the one who works on it gets it. */
export interface Job<T> {
  readonly id: string
  readonly data: T
  /** The number of earlier attempts. */
  readonly retryCount: number
  readonly createdOn: Date
  /** Aborted when somebody else is given the job. */
  readonly signal: AbortSignal
}

export interface WorkSettings<T = unknown> {
  /**
   * Between two polls for what nothing announces: retries, and the jobs of dead workers. Seconds, from 0.5. An embedded database has no
   * other workers, and its consumers are woken for retries: they poll every half minute.
   */
  readonly pollSec: number
  /** Between two heartbeats of a job that is worked on; half of what the queue allows without it. */
  readonly heartbeatSec?: number
  /** Jobs at once; 1 without it. */
  readonly concurrency?: number
  /** Only jobs of at least this priority. */
  readonly minPriority?: number
  /** Is called with each failure, before the queue repeats the job; without it failures are logged. */
  readonly onFailure?: (error: AppError, job: Job<T>) => void
}

/** Whoever takes jobs from a queue. Disposing it takes no more, and waits for those that run. */
export type QueueConsumer = AsyncDisposable

/** Between two polls of consumers that are woken whenever there is something to do. */
const WOKEN_POLL_SEC = 30

interface WorkPorts {
  readonly boss: PgBoss
  readonly logger: Logger
  /** Wakes for the jobs that nothing announces, where no other process works on the queues. */
  readonly later: LaterJobs | undefined
}

/** Works on a queue until the consumer is disposed. A job whose `handle` rejects is repeated by the policy of its queue. */
export async function workQueue<Q extends QueueName>(
  { boss, logger, later }: WorkPorts,
  queue: Q,
  settings: WorkSettings<QueueJobs[Q]>,
  handle: (job: Job<QueueJobs[Q]>) => Promise<unknown>,
): Promise<QueueConsumer> {
  const { pollSec, heartbeatSec, concurrency = 1, minPriority } = settings
  const options = {
    includeMetadata: true,
    pollingIntervalSeconds: pollSec,
    notifyPollingIntervalSeconds: later === undefined ? pollSec : Math.max(pollSec, WOKEN_POLL_SEC),
    ...(heartbeatSec !== undefined && { heartbeatRefreshSeconds: heartbeatSec }),
    ...(minPriority !== undefined && { minPriority }),
  } as const
  const { onFailure = logFailure(logger, queue) } = settings
  const ids: string[] = []
  const wake = () => {
    for (const id of ids) boss.notifyWorker(id)
  }
  const work = async ([job]: JobWithMetadata<QueueJobs[Q]>[]) => {
    if (job === undefined) return
    // Of several jobs that came while it was busy there may be more: it looks again when this one is done, and so does who is idle.
    if (later !== undefined) wake()
    try {
      await handle(job)
    } catch (thrown) {
      onFailure(toAppError(thrown), job)
      later?.expect()
      throw thrown
    }
  }
  for (let n = 0; n < concurrency; n += 1) ids.push(await boss.work(queue, options, work))
  const waking = later?.on(queue, wake)
  return {
    async [Symbol.asyncDispose]() {
      waking?.[Symbol.dispose]()
      await Promise.all(ids.map((id) => boss.offWork(queue, { id, wait: true })))
    },
  }
}

/** The queue repeats what failed, and keeps the reason to itself. */
function logFailure(logger: Logger, queue: QueueName) {
  return (err: AppError, { data }: Job<object>): void => {
    const recordingId = 'recordingId' in data ? data.recordingId : undefined
    const level = err.code === 'service.stopping' ? 'info' : 'warn'
    logger[level]({ err, job: queue, recordingId }, `the job failed and is tried again: ${err.message}`)
  }
}
