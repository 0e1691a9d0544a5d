import { createHash } from 'node:crypto'
import type { JobWithMetadata, PgBoss } from 'pg-boss'
import { ulid } from 'ulid'
import { HEARTBEAT_REFRESH_SEC, renewSchedules, SCHEDULE_QUEUE, type ScheduleJob } from '../engine/index.ts'
import { toAppError } from '../protocol/index.ts'
import { type DueRecording, type DueStarts, LATEST_START_MS } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'

/** How often jobs are looked for that nothing announces: retries. */
const POLL_SEC = 2
/** A job may seem to be made this much before its moment: the clocks of service and database differ a little. */
const CLOCKS_DIFFER_MS = 1000

/** Starts a recording whenever a schedule is due, until it is disposed. */
export async function startScheduleWorker(boss: PgBoss, starts: DueStarts, logger: Logger): Promise<AsyncDisposable> {
  await renewSchedules(boss)
  const options = {
    includeMetadata: true,
    pollingIntervalSeconds: POLL_SEC,
    notifyPollingIntervalSeconds: POLL_SEC,
    heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SEC,
  } as const
  await boss.work(SCHEDULE_QUEUE, options, async ([job]: JobWithMetadata<ScheduleJob>[]) => {
    if (job === undefined) return
    const due = dueRecording(boss, job)
    await starts.start(due).catch((thrown: unknown) => {
      const err = toAppError(thrown)
      logger.warn(
        { err, recordingId: due.recordingId },
        'a scheduled recording could not be started; it is tried again',
      )
      throw err
    })
    logger.info({ recordingId: due.recordingId }, 'a schedule was due')
  })
  return { [Symbol.asyncDispose]: () => boss.offWork(SCHEDULE_QUEUE) }
}

/** The recording's id comes from the schedule and its moment: what is tried again, or was made up for, is not another one. */
function dueRecording(boss: PgBoss, { id, createdOn, data }: JobWithMetadata<ScheduleJob>): DueRecording {
  const { schedule, spec } = data
  const dueAt = schedule === undefined ? createdOn : momentBefore(boss, schedule, createdOn)
  const name = schedule !== undefined && dueAt !== undefined ? `${schedule.id} ${dueAt.toISOString()}` : id
  return { recordingId: `rec_${ulidOf(dueAt ?? createdOn, name)}`, spec, dueAt }
}

/** The newest moment of the schedule by then; undefined when it is so long ago that nothing starts any more. */
function momentBefore(
  boss: PgBoss,
  { cron, timeZone }: { readonly cron: string; readonly timeZone: string },
  madeAt: Date,
): Date | undefined {
  const until = madeAt.getTime() + CLOCKS_DIFFER_MS
  let newest: Date | undefined
  for (let from = new Date(madeAt.getTime() - LATEST_START_MS); ; from = newest) {
    const [next] = boss.previewSchedule(cron, { tz: timeZone, from, count: 1 })
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
