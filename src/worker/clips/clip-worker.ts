import { CLIP_QUEUE, CLIP_RETRY_LIMIT, type Engine, type Job, type QueueJobs, RECAP_QUEUE } from '../../engine/index.ts'
import type { ClipJobs, ClipperSurroundings, ClipSchedule, RecapJobs } from '../../highlights/index.ts'
import { AppError, appErrorFrom, type ErrorCode, errorInfo, toAppError } from '../../protocol/index.ts'
import { type Logger, levelOf, type Metrics } from '../../telemetry/index.ts'
import { repeat } from '../../timing/index.ts'
import type { WorkerTimes } from '../worker-times.ts'
import { type ClipTask, taskOf } from './clip-task.ts'
import { ClipperPool } from './clipper-pool.ts'
import type { ClipperScript } from './clipper-process.ts'

export interface ClipWorkerOptions {
  readonly engine: Pick<Engine, 'work'>
  readonly clips: ClipJobs
  readonly recaps: RecapJobs
  readonly schedule: Pick<ClipSchedule, 'sweep' | 'watchTriggers'>
  readonly clipper: ClipperScript
  readonly surroundings: ClipperSurroundings
  /** Clips at once on this machine. */
  readonly maxClips: number
  readonly times: WorkerTimes
  /** While it is true, no sweep has anything to do. */
  readonly isResting: () => boolean
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Runs clip functions for the jobs of the queues until it is disposed; a job that is not done then is done elsewhere. */
export async function startClipWorker(options: ClipWorkerOptions): Promise<AsyncDisposable> {
  const { schedule, times, isResting } = options
  await using undo = new AsyncDisposableStack()
  const pool = undo.use(new ClipperPool(options))
  undo.use(schedule.watchTriggers(() => pool.warm()))
  undo.use(repeat({ everyMs: times.clipsMs, atOnce: true, work: () => (isResting() ? undefined : schedule.sweep()) }))
  const worker = undo.use(new ClipWorker(options, pool))
  await worker.start()
  const resources = undo.move()
  return { [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/**
 * Not retryable for a caller; but another machine may do it, or this one once it has room again, or a recap once it leaves out
 * the clip that was deleted.
 */
const REPEATED: ReadonlySet<ErrorCode> = new Set([
  'ffmpeg.not-found',
  'ffmpeg.failed',
  'spool.disk-full',
  'highlight.not-ready',
  'internal',
])

class ClipWorker implements AsyncDisposable {
  readonly #options: ClipWorkerOptions
  readonly #pool: ClipperPool
  readonly #consumers = new AsyncDisposableStack()
  readonly #stop = new AbortController()

  constructor(options: ClipWorkerOptions, pool: ClipperPool) {
    this.#options = options
    this.#pool = pool
  }

  async start(): Promise<void> {
    const { clips, recaps, surroundings, maxClips } = this.#options
    await this.#work(CLIP_QUEUE, maxClips, (ids) => taskOf('clip', clips, { ids, surroundings }))
    await this.#work(RECAP_QUEUE, 1, (ids) => taskOf('recap', recaps, { ids, surroundings }))
  }

  async #work<Q extends typeof CLIP_QUEUE | typeof RECAP_QUEUE>(
    queue: Q,
    concurrency: number,
    toTask: (ids: QueueJobs[Q]) => ClipTask,
  ): Promise<void> {
    const settings = { pollSec: this.#options.times.urgentPollSec, concurrency, onFailure: () => {} }
    const handle = (job: Job<QueueJobs[Q]>) => this.#attempt(queue, job, toTask(job.data))
    this.#consumers.use(await this.#options.engine.work(queue, settings, handle))
  }

  /**
   * One attempt. A failed one is repeated by the queue, unless it is hopeless; the last one is the end of it, unless this worker
   * stops and is the reason.
   */
  async #attempt(queue: string, job: Job<object>, task: ClipTask): Promise<void> {
    const { metrics, logger } = this.#options
    try {
      if (await this.#perform(queue, job, task)) metrics.observeJob(queue, 'completed')
    } catch (thrown) {
      const error = toAppError(thrown)
      metrics.observeJob(queue, error.code)
      const isHopeless = !error.retryable && !REPEATED.has(error.code)
      const isLast = (isHopeless || job.retryCount >= CLIP_RETRY_LIMIT) && !this.#stop.signal.aborted
      const details = { ...task.ids, job: queue, err: error, attempt: job.retryCount + 1 }
      logger[isLast ? levelOf(error) : 'warn'](details, error.message)
      if (!isLast) throw error
      await task.fail(errorInfo(error))
    }
  }

  /** False when there is nothing to do (any more). */
  async #perform(queue: string, { signal }: Job<object>, task: ClipTask): Promise<boolean> {
    const request = await task.begin()
    if (request === undefined) return false
    const { traceId } = request.type === 'clip' ? request.clip : request.recap
    const event = await this.#pool.run(request, {
      signal: AbortSignal.any([this.#stop.signal, signal]),
      logger: this.#options.logger.child({ ...task.ids, job: queue, traceId }),
    })
    if (event.type === 'failed') throw appErrorFrom(event.error)
    await task.finish(event)
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new AppError('service.stopping', 'The service is stopping.'))
    await this.#consumers.disposeAsync()
  }
}
