import type { Job, PgBoss, WorkOptions } from 'pg-boss'
import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'

/** Works on a queue, one job after the other in each of its workers, until `offWork`. */
export async function workQueue<T extends { readonly recordingId: string }>(
  { boss, logger }: { readonly boss: PgBoss; readonly logger: Logger },
  queue: string,
  settings: WorkOptions,
  handle: (job: Job<T>) => Promise<unknown>,
): Promise<void> {
  await boss.work<T>(queue, settings, async ([job]) => {
    if (job !== undefined) await handle(job).catch(logFailure(logger, queue, job.data))
  })
}

/** For `catch`: the queue repeats what failed, and keeps the reason to itself. The error is thrown again. */
export function logFailure(logger: Logger, job: string, { recordingId }: { readonly recordingId: string }) {
  return (thrown: unknown): never => {
    const err = toAppError(thrown)
    const level = err.code === 'service.stopping' ? 'info' : 'warn'
    logger[level]({ err, job, recordingId }, `the job failed and is tried again: ${err.message}`)
    throw thrown
  }
}
