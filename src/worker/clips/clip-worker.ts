import type { Job } from 'pg-boss'
import type { Engine } from '../../engine/index.ts'
import { CLIP_QUEUE, CLIP_RETRY_LIMIT, type ClipJob, RECAP_QUEUE, type RecapJobIds } from '../../engine/index.ts'
import type { ClipperSurroundings, Clips } from '../../highlights/index.ts'
import {
  AppError,
  appErrorFrom,
  type ClipperEvent,
  type ErrorCode,
  type ErrorInfo,
  errorInfo,
  toAppError,
} from '../../protocol/index.ts'
import { type Logger, levelOf, type Metrics } from '../../telemetry/index.ts'
import { type ClipperOptions, type ClipperPool, createClipperPool } from './clipper-pool.ts'

export interface ClipWorkerOptions {
  readonly engine: Engine
  readonly clips: Clips
  readonly clipper: Pick<ClipperOptions, 'script' | 'environment'>
  readonly surroundings: ClipperSurroundings
  /** Clips at once on this machine. */
  readonly maxClips: number
  readonly logger: Logger
  readonly metrics: Metrics
}

/** How often it is looked for what nobody did. */
const SWEEP_MS = 5000
/** How often jobs are looked for that nothing announces: retries. */
const POLL_SEC = 2
const POLLING = { pollingIntervalSeconds: POLL_SEC, notifyPollingIntervalSeconds: POLL_SEC }

/** Runs clip functions for the jobs of the queues until it is disposed; a job that is not done then is done elsewhere. */
export async function startClipWorker(options: ClipWorkerOptions): Promise<AsyncDisposable> {
  const { engine, clips, maxClips, logger } = options
  await using undo = new AsyncDisposableStack()
  const pool = undo.use(createClipperPool({ ...options.clipper, logger }))
  undo.use(clips.watchTriggers(pool.warm))
  undo.use(sweepOften(clips))
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  undo.defer(async () => {
    stop.abort(new AppError('service.stopping', 'The service is stopping.'))
    const stopped = [CLIP_QUEUE, RECAP_QUEUE].map((name) => engine.boss.offWork(name))
    await Promise.allSettled([...running, ...stopped])
  })

  const work = async <T extends object>(queue: string, localConcurrency: number, story: (job: T) => JobStory) => {
    await engine.boss.work<T>(queue, { ...POLLING, localConcurrency }, async ([job]) => {
      if (job === undefined) return
      const run = runJob({ ...options, pool }, { queue, job, story: story(job.data), stop: stop.signal })
      running.add(run)
      await run.finally(() => running.delete(run))
    })
  }
  await work<ClipJob>(CLIP_QUEUE, maxClips, (ids) => clipStory(options, ids))
  await work<RecapJobIds>(RECAP_QUEUE, 1, (ids) => recapStory(options, ids))
  const resources = undo.move()
  return { [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** What a job does with a clip function. */
interface JobStory {
  readonly ids: Readonly<Record<string, string>>
  /** Undefined when there is nothing to do (any more). */
  begin(): Promise<Parameters<ClipperPool['run']>[0] | undefined>
  finish(event: Exclude<ClipperEvent, { type: 'failed' }>): Promise<void>
  fail(error: ErrorInfo): Promise<void>
}

function clipStory({ clips, surroundings }: ClipWorkerOptions, ids: ClipJob): JobStory {
  return {
    ids: { ...ids },
    async begin() {
      const clip = await clips.begin(ids, surroundings)
      return clip && { type: 'clip', clip }
    },
    async finish(event) {
      if (event.type !== 'clip') throw wrongAnswer(event)
      await clips.finish(ids, event.result)
    },
    fail: (error) => clips.fail(ids, error),
  }
}

function recapStory({ clips, surroundings }: ClipWorkerOptions, ids: RecapJobIds): JobStory {
  return {
    ids: { ...ids },
    async begin() {
      const recap = await clips.beginRecap(ids, surroundings)
      return recap && { type: 'recap', recap }
    },
    async finish(event) {
      if (event.type !== 'recap') throw wrongAnswer(event)
      await clips.finishRecap(ids, event.result)
    },
    fail: (error) => clips.failRecap(ids, error),
  }
}

interface Attempt {
  readonly queue: string
  readonly job: Job<object>
  readonly story: JobStory
  readonly stop: AbortSignal
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

/**
 * One attempt. A failed one is repeated by the queue, unless it is hopeless; the last one is the end of it, unless we are
 * the reason.
 */
async function runJob(
  { pool, logger, metrics }: ClipWorkerOptions & { readonly pool: ClipperPool },
  { queue, job, story, stop }: Attempt,
): Promise<void> {
  const about = { ...story.ids, job: queue }
  try {
    const request = await story.begin()
    if (request === undefined) return
    const { traceId } = request.type === 'clip' ? request.clip : request.recap
    const jobLogger = logger.child({ ...about, traceId })
    const event = await pool.run(request, { signal: AbortSignal.any([stop, job.signal]), logger: jobLogger })
    if (event.type === 'failed') throw appErrorFrom(event.error)
    await story.finish(event)
    metrics.observeJob(queue, 'completed')
  } catch (thrown) {
    const error = toAppError(thrown)
    metrics.observeJob(queue, error.code)
    const isHopeless = !error.retryable && !REPEATED.has(error.code)
    const isLast = (isHopeless || job.retryCount >= CLIP_RETRY_LIMIT) && !stop.aborted
    logger[isLast ? levelOf(error) : 'warn']({ ...about, err: error, attempt: job.retryCount + 1 }, error.message)
    if (!isLast) throw error
    await story.fail(errorInfo(error))
  }
}

function wrongAnswer({ type }: ClipperEvent): AppError {
  return new AppError('internal', `The clip function answered \`${type}\`, which was not asked for.`)
}

/** Sweeps never overlap. */
function sweepOften(clips: Clips): AsyncDisposable {
  let sweeping = clips.sweep()
  let busy = true
  const free = () => {
    busy = false
  }
  void sweeping.then(free)
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    sweeping = clips.sweep()
    void sweeping.then(free)
  }, SWEEP_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await sweeping
    },
  }
}
