import { AppError } from '../protocol/index.ts'
import type { Removals } from '../recording/index.ts'
import type { Engine } from './engine.ts'
import { HEARTBEAT_REFRESH_SEC, REMOVAL_QUEUE, type RemovalJob } from './queues.ts'

const POLL_SEC = 5

export interface RemovalWorkerOptions {
  readonly engine: Pick<Engine, 'boss' | 'enqueueRemoval'>
  readonly removals: Removals
}

/** Takes old media of rolling recordings away until it is disposed: each look at one queues the next. */
export async function startRemovalWorker({ engine, removals }: RemovalWorkerOptions): Promise<AsyncDisposable> {
  const stop = new AbortController()
  const polling = {
    pollingIntervalSeconds: POLL_SEC,
    notifyPollingIntervalSeconds: POLL_SEC,
    heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC,
  }
  await engine.boss.work<RemovalJob>(REMOVAL_QUEUE, polling, async ([job]) => {
    if (job === undefined) return
    if (stop.signal.aborted) throw new AppError('service.stopping', 'The service is stopping.')
    const { recordingId, marks } = job.data
    const next = await removals.run(recordingId, marks)
    if (next !== undefined) await engine.enqueueRemoval(recordingId, next)
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await engine.boss.offWork(REMOVAL_QUEUE)
    },
  }
}
