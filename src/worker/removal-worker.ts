import { type Engine, REMOVAL_QUEUE } from '../engine/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Removals } from '../retention/index.ts'
import type { PollTimes } from './worker-times.ts'

interface RemovalWorkerOptions {
  readonly engine: Pick<Engine, 'work' | 'enqueueRemoval'>
  readonly removals: Removals
  readonly times: PollTimes
}

/** Removes old media of rolling recordings until it is disposed: each run for a recording queues the next. */
export async function startRemovalWorker({ engine, removals, times }: RemovalWorkerOptions): Promise<AsyncDisposable> {
  const stop = new AbortController()
  const { pollSec, heartbeatSec } = times
  const consumer = await engine.work(REMOVAL_QUEUE, { pollSec, heartbeatSec }, async (job) => {
    const { recordingId, marks } = job.data
    const next = await removals.run(recordingId, marks, { signal: stop.signal })
    if (next !== undefined) await engine.enqueueRemoval(recordingId, next)
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new AppError('service.stopping', 'The service is stopping.'))
      await consumer[Symbol.asyncDispose]()
    },
  }
}
