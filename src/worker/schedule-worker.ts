import { createHash } from 'node:crypto'
import { ulid } from 'ulid'
import { type Engine, type Job, SCHEDULE_QUEUE, type ScheduleJob, type StoredSchedules } from '../engine/index.ts'
import { type DueRecording, type DueStarts, LATEST_START_MS } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { PollTimes } from './worker-times.ts'

interface ScheduleWorkerOptions {
  readonly engine: Pick<Engine, 'work' | 'schedules'>
  readonly starts: DueStarts
  readonly times: PollTimes
  readonly logger: Logger
}

/** A job may seem to be made this much before its moment: the clocks of service and database differ a little. */
const CLOCKS_DIFFER_MS = 1000

/** Starts a recording whenever a schedule is due, until it is disposed. */
export async function startScheduleWorker({
  engine,
  starts,
  times,
  logger,
}: ScheduleWorkerOptions): Promise<AsyncDisposable> {
  const { schedules } = engine
  await schedules.renew()
  const settings = {
    pollSec: times.urgentPollSec,
    heartbeatSec: times.heartbeatSec,
    onFailure(err: Error, job: Job<ScheduleJob>) {
      const { recordingId } = dueRecording(schedules, job)
      logger.warn({ err, recordingId }, 'a scheduled recording could not be started; it is tried again')
    },
  }
  return await engine.work(SCHEDULE_QUEUE, settings, async (job) => {
    const due = dueRecording(schedules, job)
    await starts.start(due)
    logger.info({ recordingId: due.recordingId }, 'a schedule was due')
  })
}

/**
 * The recording of a job. Its id is made from the schedule and its moment, so that a job which is tried again, or made up for,
 * gives the same recording.
 */
function dueRecording(schedules: StoredSchedules, { id, createdOn, data }: Job<ScheduleJob>): DueRecording {
  const { schedule, spec } = data
  const dueAt = schedule === undefined ? createdOn : momentBefore(schedules, schedule, createdOn)
  const name = schedule !== undefined && dueAt !== undefined ? `${schedule.id} ${dueAt.toISOString()}` : id
  return { recordingId: `rec_${ulidOf(dueAt ?? createdOn, name)}`, spec, dueAt }
}

/** The newest moment of the schedule by then; undefined when it is so long ago that nothing starts any more. */
function momentBefore(
  schedules: StoredSchedules,
  recurrence: { readonly cron: string; readonly timeZone: string },
  madeAt: Date,
): Date | undefined {
  const until = madeAt.getTime() + CLOCKS_DIFFER_MS
  let newest: Date | undefined
  for (let from = new Date(madeAt.getTime() - LATEST_START_MS); ; from = newest) {
    const next = schedules.nextTime(recurrence, from)
    if (next === undefined || next.getTime() > until) return newest
    newest = next
  }
}

/** The same name gives the same id. */
function ulidOf(at: Date, name: string): string {
  const digest = createHash('sha256').update(name).digest()
  let read = 0
  return ulid(at.getTime(), () => (digest[read++] ?? 0) / 256)
}
