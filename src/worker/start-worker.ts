import type { Job } from 'pg-boss'
import type { Engine } from '../engine/index.ts'
import {
  FINALIZE_QUEUE,
  type FinalizeJob,
  HEARTBEAT_REFRESH_SEC,
  logFailure,
  TAKE_QUEUE,
  type TakeJob,
  WEBHOOK_QUEUE,
  type WebhookJob,
  workQueue,
} from '../engine/index.ts'
import { clearWorkFolders } from '../machine/index.ts'
import { AppError, toAppError } from '../protocol/index.ts'
import type { WorkerRegistry } from '../recording/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { type DeliveryPorts, deliverDue } from '../webhooks/index.ts'
import { openAdmission } from './admission/admission.ts'
import type { AdmissionLimits } from './admission/plan-admission.ts'
import { createTakeCosts } from './admission/take-costs.ts'
import { finalizeLeft, type RecordingPorts, runRecording } from './run-recording.ts'
import { watchScheduledStarts } from './scheduled-starts.ts'
import { openTakeConsumer } from './take-consumer.ts'

export interface WorkerOptions {
  readonly engine: Engine
  readonly take: Omit<RecordingPorts, 'enqueueFinalize' | 'logger' | 'metrics'>
  /** Whether a recorder of this recording is at work on this machine, whoever started it. */
  readonly isRecordedHere: (recordingId: string) => Promise<boolean>
  readonly webhooks: DeliveryPorts
  readonly limits: AdmissionLimits
  readonly roll: WorkerRegistry
  readonly logger: Logger
  readonly metrics: Metrics
  /** No other process can work on this database: whatever a worker had when this one starts was left behind. */
  readonly alone: boolean
}

const SWEEP_MS = 2000
/** How often open recordings without a job are looked for. */
const REQUEUE_MS = 5000
/** How often it is looked whether one more recording fits. */
const REVIEW_MS = 1000
/** How often webhooks are looked for that have something due and no job, because it could not be queued. */
const WAKE_MS = 30_000
/** How often the temporary folders of killed workers are looked for. */
const CLEAR_MS = 15_000
/** How often jobs are looked for that nothing announces: retries. */
const POLL_SEC = 5
/** Takes are announced, but not those of a dead worker: other workers look for them. */
const TAKE_POLL_SEC = { alone: POLL_SEC, shared: 2 }
const WEBHOOK_CONCURRENCY = 4

/**
 * Takes over what a dead service left, then works on the queues until it is disposed; then its recordings go on elsewhere, or at
 * the next start.
 */
export async function startWorker(options: WorkerOptions): Promise<AsyncDisposable> {
  const { engine, logger, roll } = options
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  const costs = createTakeCosts()
  using undo = new DisposableStack()
  const admission = undo.use(await openAdmission(options.limits, costs))
  const metrics: Metrics = {
    ...options.metrics,
    observeTake(takeKey, stats) {
      costs.observe(takeKey, stats)
      options.metrics.observeTake(takeKey, stats)
    },
  }

  const take = async (job: Job<TakeJob>): Promise<void> => {
    const { recordingId } = job.data
    const ports = { ...options.take, logger, metrics, enqueueFinalize: engine.enqueueFinalize }
    const handBack = () => engine.handBack(job.id, recordingId)
    const signals = { stop: stop.signal, lost: job.signal, ...(!options.alone && { handBack }) }
    const outcome = await runRecording(ports, recordingId, signals)
    if (outcome !== undefined) metrics.observeJob(TAKE_QUEUE, outcome)
  }
  await takeOver(options)
  const { boss } = engine
  const polling = { pollingIntervalSeconds: POLL_SEC, notifyPollingIntervalSeconds: POLL_SEC }
  const door = openTakeConsumer({
    boss,
    logger,
    polling: {
      pollingIntervalSeconds: TAKE_POLL_SEC.shared,
      notifyPollingIntervalSeconds: TAKE_POLL_SEC[options.alone ? 'alone' : 'shared'],
      heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC,
    },
    hasCapacity: () => admission.decide().admitted,
    async handle(job) {
      using place = admission.enter()
      const told = (what: string) => (thrown: unknown) => logger.warn({ err: toAppError(thrown) }, what)
      void options
        .isRecordedHere(job.data.recordingId)
        .then((isHere) => isHere && place.isInTheLoad(), told('the spool could not be read'))
      void engine.putFirst(job.id).catch(told('the job of a recording that goes on could not be put first'))
      const run = take(job).catch(logFailure(logger, TAKE_QUEUE, job.data))
      running.add(run)
      await run.finally(() => running.delete(run))
    },
  })
  await door.review()
  undo.use(
    every(
      REVIEW_MS,
      async () => {
        await door.review()
        const decision = admission.decide()
        await roll.sign(decision.admitted ? null : decision.reason)
      },
      logger,
    ),
  )
  const beating = { ...polling, heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC }
  await workQueue<FinalizeJob>({ boss, logger }, FINALIZE_QUEUE, beating, async ({ data }) => {
    await finalizeLeft(options.take, data.recordingId)
    metrics.observeJob(FINALIZE_QUEUE, 'completed')
  })
  await workQueue<WebhookJob>(
    { boss, logger },
    WEBHOOK_QUEUE,
    { ...beating, localConcurrency: WEBHOOK_CONCURRENCY },
    (job) => deliverDue(options.webhooks, { ...job.data, signal: AbortSignal.any([stop.signal, job.signal]) }),
  )
  undo.use(every(SWEEP_MS, () => options.take.takes.failWaiting(), logger))
  undo.use(every(WAKE_MS, () => wakeWebhooks(options), logger))
  undo.use(every(CLEAR_MS, clearWorkFolders, logger))
  undo.use(every(REQUEUE_MS, () => options.take.takes.requeue(), logger))
  undo.use(watchScheduledStarts(options.take.takes, logger))

  const resources = undo.move()
  return {
    async [Symbol.asyncDispose]() {
      resources.dispose()
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      const stopped = [FINALIZE_QUEUE, WEBHOOK_QUEUE].map((name) => boss.offWork(name))
      await Promise.allSettled([...running, door.close(), ...stopped, roll.leave()])
    },
  }
}

/** Queues what still waits; a service that is alone goes on with every recording that was open when it ended. */
async function takeOver(options: WorkerOptions): Promise<void> {
  const { takes } = options.take
  if (options.alone) await options.engine.forgetWorkers()
  await takes.failWaiting()
  await takes.requeue()
  await wakeWebhooks(options)
}

async function wakeWebhooks({ webhooks, engine }: WorkerOptions): Promise<void> {
  await engine.webhookQueue.enqueueLost(await webhooks.outbox.due())
}

/** Looks again and again until it is disposed; what fails is tried again the next time. */
function every(ms: number, look: () => Promise<void>, logger: Logger): Disposable {
  const timer = setInterval(() => {
    look().catch((thrown: unknown) => {
      logger.warn({ err: toAppError(thrown) }, 'a regular look failed; it is tried again')
    })
  }, ms)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
