import { DELETE_QUEUE, type Engine } from '../engine/index.ts'
import { AppError, toAppError } from '../protocol/index.ts'
import type { Deletions } from '../retention/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { repeat } from '../timing/index.ts'
import type { WorkerTimes } from './worker-times.ts'

interface DeleteWorkerOptions {
  readonly engine: Pick<Engine, 'work'>
  readonly deletions: Pick<Deletions, 'run' | 'sweep'>
  readonly times: WorkerTimes
  readonly logger: Logger
}

/** Deletes what is marked, and marks what has expired, until it is disposed. */
export async function startDeleteWorker({
  engine,
  deletions,
  times,
  logger,
}: DeleteWorkerOptions): Promise<AsyncDisposable> {
  const stop = new AbortController()
  const { pollSec, heartbeatSec } = times
  const consumer = await engine.work(DELETE_QUEUE, { pollSec, heartbeatSec }, async (job) => {
    const { recordingId } = job.data
    const done = await deletions.run(recordingId, { signal: AbortSignal.any([stop.signal, job.signal]) })
    if (done) return logger.info({ recordingId }, 'the recording is deleted')
    throw new AppError('highlight.not-ready', 'A clip still needs segments of the recording: it is deleted later.')
  })
  const sweeps = repeat({
    everyMs: times.deletionsMs,
    atOnce: true,
    work: () => deletions.sweep(),
    onError(thrown) {
      logger.warn({ err: toAppError(thrown) }, 'the recordings to delete could not be listed')
    },
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      await Promise.allSettled([sweeps[Symbol.asyncDispose](), consumer[Symbol.asyncDispose]()])
    },
  }
}
