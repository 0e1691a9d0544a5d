import type { Engine } from '../engine/index.ts'
import { DELETE_QUEUE, type DeleteJob, HEARTBEAT_REFRESH_SEC, workQueue } from '../engine/index.ts'
import { AppError, toAppError } from '../protocol/index.ts'
import type { Deletions } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'

const SWEEP_MS = 30_000
const POLL_SEC = 5

export interface DeleteWorkerOptions {
  readonly engine: Pick<Engine, 'boss'>
  readonly deletions: Deletions
  readonly logger: Logger
}

/** Deletes what is marked, and marks what is over, until it is disposed. */
export async function startDeleteWorker({ engine, deletions, logger }: DeleteWorkerOptions): Promise<AsyncDisposable> {
  const stop = new AbortController()
  const polling = {
    pollingIntervalSeconds: POLL_SEC,
    notifyPollingIntervalSeconds: POLL_SEC,
    heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC,
  }
  await workQueue<DeleteJob>({ boss: engine.boss, logger }, DELETE_QUEUE, polling, async (job) => {
    const { recordingId } = job.data
    const done = await deletions.run(recordingId, { signal: AbortSignal.any([stop.signal, job.signal]) })
    if (done) return logger.info({ recordingId }, 'the recording is deleted')
    throw new AppError('highlight.not-ready', 'A clip still needs segments of the recording: it is deleted later.')
  })
  const sweep = () =>
    deletions.sweep().catch((thrown: unknown) => {
      logger.warn({ err: toAppError(thrown) }, 'it could not be looked which recordings are to be deleted')
    })
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, SWEEP_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      await Promise.allSettled([sweeping, engine.boss.offWork(DELETE_QUEUE)])
    },
  }
}
