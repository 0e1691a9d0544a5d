import {
  type Engine,
  FINALIZE_QUEUE,
  type Job,
  type QueueConsumer,
  TAKE_QUEUE,
  WEBHOOK_QUEUE,
} from '../engine/index.ts'
import { clearWorkFolders } from '../machine/index.ts'
import { AppError, toAppError } from '../protocol/index.ts'
import type { WorkerRegistry } from '../recording/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { repeat } from '../timing/index.ts'
import { type DeliveryPorts, deliverDue } from '../webhooks/index.ts'
import { type AdmissionControl, openAdmission } from './admission/admission.ts'
import type { AdmissionLimits } from './admission/plan-admission.ts'
import { createTakeCosts } from './admission/take-costs.ts'
import { answeredInTime } from './answered-in-time.ts'
import { finalizeLeft, type RecordingPorts, runRecording } from './run-recording.ts'
import { watchScheduledStarts } from './scheduled-starts.ts'
import { RecorderPool, type SpareLimits } from './spares/recorder-pool.ts'
import type { RecorderScript } from './spares/waiting-recorder.ts'
import { TakeConsumer, type TakeJob } from './take-consumer.ts'
import type { WorkerTimes } from './worker-times.ts'

export interface WorkerOptions {
  readonly engine: Engine
  readonly take: Omit<RecordingPorts, 'enqueueFinalize' | 'recorders' | 'logger' | 'metrics' | 'times'>
  readonly recorder: RecorderScript
  /** How many recorders wait for the next takes. */
  readonly spares: SpareLimits
  /** Whether a recorder of this recording is at work on this machine, whoever started it. */
  readonly isRecordedHere: (recordingId: string) => Promise<boolean>
  readonly webhooks: Omit<DeliveryPorts, 'goOnLater'>
  readonly limits: AdmissionLimits
  readonly registry: WorkerRegistry
  readonly times: WorkerTimes
  readonly logger: Logger
  readonly metrics: Metrics
  /** No other process can work on this database: whatever a worker had when this one starts was left behind. */
  readonly alone: boolean
  /** While it is true, no sweep of open recordings has anything to do. */
  readonly isResting: () => boolean
}

const WEBHOOK_CONCURRENCY = 4

/**
 * Takes over what a dead service left, then works on the queues until it is disposed; then its recordings go on elsewhere, or at
 * the next start.
 */
export async function startWorker(options: WorkerOptions): Promise<AsyncDisposable> {
  const costs = createTakeCosts()
  const metrics: Metrics = {
    ...options.metrics,
    observeTake(takeKey, stats) {
      costs.add(takeKey, stats)
      options.metrics.observeTake(takeKey, stats)
    },
  }
  await using undo = new AsyncDisposableStack()
  let recorders: RecorderPool | undefined
  const admission = undo.use(openAdmission(options.limits, costs, () => recorders?.spareBytes ?? 0))
  recorders = undo.use(openPool(options, admission))
  const worker = undo.use(new Worker({ ...options, metrics }, admission, recorders))
  await worker.start()
  const resources = undo.move()
  return { [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

function openPool({ recorder, spares, take, times, logger }: WorkerOptions, room: AdmissionControl): RecorderPool {
  const { chromePath, logLevel } = take.surroundings
  const preparation = { type: 'prepare', logLevel, ...(chromePath !== undefined && { chromePath }) } as const
  return new RecorderPool({ recorder, preparation, limits: spares, room, times, logger })
}

class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions
  readonly #admission: AdmissionControl
  readonly #recorders: RecorderPool
  readonly #takes: TakeConsumer
  readonly #consumers: QueueConsumer[] = []
  readonly #sweeps = new DisposableStack()
  readonly #stop = new AbortController()

  constructor(options: WorkerOptions, admission: AdmissionControl, recorders: RecorderPool) {
    this.#options = options
    this.#admission = admission
    this.#recorders = recorders
    this.#takes = new TakeConsumer({
      ...options,
      hasCapacity: () => admission.decide().admitted,
      handle: (job) => this.#record(job),
    })
  }

  async start(): Promise<void> {
    const { engine, take, times, alone } = this.#options
    if (alone) await engine.forgetWorkers()
    await take.takes.failWaiting()
    await take.takes.requeue()
    await this.#queueLostWebhooks()
    await this.#takes.review()
    await this.#finalizeOthers()
    await this.#deliverWebhooks()
    this.#sweep(times.admissionMs, () => this.#takes.review())
    this.#sweep(times.admissionMs, () => this.#beat())
    this.#sweep(
      times.failWaitingMs,
      this.#unlessResting(() => take.takes.failWaiting()),
    )
    this.#sweep(
      times.requeueMs,
      this.#unlessResting(() => take.takes.requeue()),
    )
    this.#sweep(times.webhooksMs, () => this.#queueLostWebhooks())
    this.#sweep(times.workFoldersMs, clearWorkFolders)
    this.#sweeps.use(watchScheduledStarts(take.takes, this.#options))
  }

  #unlessResting(work: () => Promise<void>): () => Promise<void> {
    return async () => {
      if (!this.#options.isResting()) await work()
    }
  }

  #sweep(everyMs: number, work: () => Promise<void>): void {
    const onError = (thrown: unknown) => {
      this.#options.logger.warn({ err: toAppError(thrown) }, 'a sweep failed; the next one makes up for it')
    }
    this.#sweeps.use(repeat({ everyMs, work, onError }))
  }

  /** Writes into the registry that this worker lives, and whether one more recording would fit. */
  async #beat(): Promise<void> {
    const decision = this.#admission.decide()
    await answeredInTime(this.#options.registry.heartbeat(decision.admitted ? null : decision.reason))
  }

  async #record(job: Job<TakeJob>): Promise<void> {
    const { engine, take, times, isRecordedHere, alone, logger, metrics } = this.#options
    const { recordingId } = job.data
    using place = this.#admission.enter()
    const warn = (message: string) => (thrown: unknown) => logger.warn({ err: toAppError(thrown) }, message)
    void isRecordedHere(recordingId).then(
      (isHere) => isHere && place.isInTheLoad(),
      warn('the spool could not be read'),
    )
    void this.#recorders.expect()
    void engine.putFirst(job.id).catch(warn('the job of a recording that goes on could not be put first'))
    const enqueueFinalize = engine.enqueueFinalize.bind(engine)
    const ports = { ...take, recorders: this.#recorders, times, logger, metrics, enqueueFinalize }
    const handBack = () => engine.handBack(job.id, recordingId)
    const signals = { stop: this.#stop.signal, lost: job.signal, ...(!alone && { handBack }) }
    const outcome = await runRecording(ports, recordingId, signals)
    if (outcome !== undefined) metrics.observeJob(TAKE_QUEUE, outcome)
  }

  async #finalizeOthers(): Promise<void> {
    const { engine, take, times, metrics } = this.#options
    const { pollSec, heartbeatSec } = times
    this.#consumers.push(
      await engine.work(FINALIZE_QUEUE, { pollSec, heartbeatSec }, async ({ data }) => {
        await finalizeLeft(take, data.recordingId)
        metrics.observeJob(FINALIZE_QUEUE, 'completed')
      }),
    )
  }

  async #deliverWebhooks(): Promise<void> {
    const { engine, times, webhooks } = this.#options
    const ports = { ...webhooks, goOnLater: engine.webhookQueue.enqueue }
    const settings = { pollSec: times.pollSec, heartbeatSec: times.heartbeatSec, concurrency: WEBHOOK_CONCURRENCY }
    this.#consumers.push(
      await engine.work(WEBHOOK_QUEUE, settings, (job) =>
        deliverDue(ports, {
          ...job.data,
          retryCount: job.retryCount,
          signal: AbortSignal.any([this.#stop.signal, job.signal]),
        }),
      ),
    )
  }

  async #queueLostWebhooks(): Promise<void> {
    const { webhooks, engine } = this.#options
    await engine.webhookQueue.enqueueLost(await webhooks.outbox.due())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweeps.dispose()
    this.#stop.abort(new AppError('service.stopping', 'The service is stopping.'))
    await Promise.allSettled([
      this.#recorders[Symbol.asyncDispose](),
      ...[this.#takes, ...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()),
      this.#options.registry.deregister(),
    ])
  }
}
