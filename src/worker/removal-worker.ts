import type { Engine } from '../engine/index.ts'
import { HEARTBEAT_REFRESH_SEC, REMOVAL_QUEUE, type RemovalJob, workQueue } from '../engine/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Removals } from '../retention/index.ts'
import type { Logger } from '../telemetry/index.ts'

const POLL_SEC = 5

export interface RemovalWorkerOptions {
  readonly engine: Pick<Engine, 'boss' | 'enqueueRemoval'>
  readonly removals: Removals
  readonly logger: Logger
}

/** Takes old media of rolling recordings away until it is disposed: each look at one queues the next. */
export async function startRemovalWorker({ engine, removals, logger }: RemovalWorkerOptions): Promise<AsyncDisposable> {
  const stop = new AbortController()
  const polling = {
    pollingIntervalSeconds: POLL_SEC,
    notifyPollingIntervalSeconds: POLL_SEC,
    heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC,
  }
  await workQueue<RemovalJob>({ boss: engine.boss, logger }, REMOVAL_QUEUE, polling, async (job) => {
    const { recordingId, marks } = job.data
    const next = await removals.run(recordingId, marks, { signal: stop.signal })
    if (next !== undefined) await engine.enqueueRemoval(recordingId, next)
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      await engine.boss.offWork(REMOVAL_QUEUE)
    },
  }
}
