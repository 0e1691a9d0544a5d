import type { Job, PgBoss, WorkOptions } from 'pg-boss'
import { AppError, type ErrorInfo, toAppError } from '../protocol/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { type DeliveryPorts, deliverDue } from '../webhooks/index.ts'
import type { Engine } from './engine.ts'
import {
  FINALIZE_QUEUE,
  type FinalizeJob,
  QUEUES,
  TAKE_QUEUE,
  type TakeJob,
  WEBHOOK_QUEUE,
  type WebhookJob,
} from './queues.ts'
import { runTake, type TakePorts } from './run-take.ts'

export interface WorkerOptions {
  readonly engine: Engine
  readonly take: Omit<TakePorts, 'enqueueFinalize' | 'logger' | 'metrics'>
  readonly webhooks: DeliveryPorts
  readonly maxRecordings: number
  readonly logger: Logger
  readonly metrics: Metrics
  /** No other process can work on this database: whatever a worker had when this one starts was left behind. */
  readonly alone: boolean
}

/** Works on the queues until it is disposed; then its recorders end in order. */
export interface Worker extends AsyncDisposable {
  /** Recordings that run here now. */
  readonly running: number
}

/** A recording that no worker took in this time has failed: its class does not wait. */
const QUEUE_WAIT_MS = 60_000
const SWEEP_MS = 5000
/** How often jobs are looked for that nothing announces: retries. */
const POLL_SEC = 5
/** Takes are announced, and every free slot looks by itself: rarely, since only a dead worker's takes need it. */
const TAKE_POLL_SEC = 30
const WEBHOOK_CONCURRENCY = 4
/** A recorder whose worker died notices it and ends in order; its playlists are left to it for this long. */
const ORPHAN_GRACE_SEC = 15

/** Takes over what a dead service left, then works on the queues. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { engine, logger, maxRecordings, metrics } = options
  const stop = new AbortController()
  const running = new Set<Promise<void>>()

  const take = async (job: Job<TakeJob>): Promise<void> => {
    const { recordingId } = job.data
    if (job.retryCount > 0 && (await options.take.takes.failLost(recordingId))) {
      await engine.enqueueFinalize(recordingId, ORPHAN_GRACE_SEC)
    }
    const ports = { ...options.take, logger, metrics, enqueueFinalize: engine.enqueueFinalize }
    const outcome = await runTake(ports, recordingId, AbortSignal.any([stop.signal, job.signal]))
    if (outcome !== undefined) metrics.observeJob(TAKE_QUEUE, outcome)
  }
  await takeOver(options)
  const { boss } = engine
  const polling = { pollingIntervalSeconds: POLL_SEC, notifyPollingIntervalSeconds: POLL_SEC }
  const takePolling = { ...polling, notifyPollingIntervalSeconds: TAKE_POLL_SEC, localConcurrency: maxRecordings }
  await work<TakeJob>(boss, TAKE_QUEUE, takePolling, async (job) => {
    const run = take(job)
    running.add(run)
    await run.finally(() => running.delete(run))
  })
  await work<FinalizeJob>(boss, FINALIZE_QUEUE, polling, async ({ data }) => {
    await options.take.finalizer.finalize(data.recordingId, LOST)
    metrics.observeJob(FINALIZE_QUEUE, 'completed')
  })
  await work<WebhookJob>(boss, WEBHOOK_QUEUE, { ...polling, localConcurrency: WEBHOOK_CONCURRENCY }, (job) =>
    deliverDue(options.webhooks, { ...job.data, signal: AbortSignal.any([stop.signal, job.signal]) }),
  )
  const sweeper = setInterval(() => {
    options.take.takes.failWaiting(queueDeadline()).catch((thrown: unknown) => {
      logger.warn({ err: toAppError(thrown) }, 'the waiting recordings could not be looked at')
    })
  }, SWEEP_MS)

  return {
    get running() {
      return running.size
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweeper)
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      const stopped = QUEUES.map(({ name }) => boss.offWork(name))
      await Promise.allSettled([...running, ...stopped])
    },
  }
}

const LOST: ErrorInfo = { code: 'recorder.lost', message: 'The recorder ended without closing its recording.' }
const queueDeadline = () => new Date(Date.now() - QUEUE_WAIT_MS)

async function work<T extends object>(
  boss: PgBoss,
  queue: string,
  settings: WorkOptions,
  handle: (job: Job<T>) => Promise<void>,
): Promise<void> {
  await boss.work<T>(queue, settings, async ([job]) => {
    if (job !== undefined) await handle(job)
  })
}

/** Closes what no worker has any more and queues what still waits. */
async function takeOver({ take: { takes }, webhooks, engine, alone }: WorkerOptions): Promise<void> {
  const lost = alone ? await takes.failAllLost() : []
  for (const recordingId of lost) await engine.enqueueFinalize(recordingId, ORPHAN_GRACE_SEC)
  await takes.failWaiting(queueDeadline())
  await takes.requeue()
  for (const { recordingId, webhook } of await webhooks.outbox.due()) {
    await engine.webhookQueue.enqueue(recordingId, webhook)
  }
}
