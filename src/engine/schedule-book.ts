import type { Schedule as BossSchedule, PgBoss } from 'pg-boss'
import { AppError, type RecordingSpec, type Schedule } from '../protocol/index.ts'
import type { ScheduleBook } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { SCHEDULE_QUEUE, type ScheduleJob } from './queues.ts'

/** Schedules in the tables of pg-boss, which looks every few seconds which of them is due. */
export function createScheduleBook(boss: PgBoss): ScheduleBook {
  return {
    async add({ id, cron, timeZone, spec }) {
      checkRecurrence(boss, cron, timeZone)
      await boss.schedule(SCHEDULE_QUEUE, cron, { spec } satisfies ScheduleJob, { key: id, tz: timeZone })
      const [added] = await boss.getSchedules(SCHEDULE_QUEUE, id)
      if (added === undefined) throw new AppError('internal', 'The schedule was deleted while it was made.')
      return toSchedule(boss, added)
    },
    list: async () => (await boss.getSchedules(SCHEDULE_QUEUE)).map((schedule) => toSchedule(boss, schedule)),
    async remove(id) {
      const [there] = await boss.getSchedules(SCHEDULE_QUEUE, id)
      if (there === undefined) return false
      await boss.unschedule(SCHEDULE_QUEUE, id)
      return true
    },
  }
}

/** Starts a recording whenever a schedule is due, until it is disposed. */
export async function startScheduleWorker(
  boss: PgBoss,
  start: (spec: RecordingSpec) => Promise<{ readonly id: string }>,
  logger: Logger,
): Promise<AsyncDisposable> {
  await boss.work<ScheduleJob>(SCHEDULE_QUEUE, async ([job]) => {
    if (job === undefined) return
    const { id } = await start(job.data.spec).catch((err: unknown) => {
      logger.error({ err }, 'a scheduled recording could not be started')
      throw err
    })
    logger.info({ recordingId: id }, 'a scheduled recording is started')
  })
  return { [Symbol.asyncDispose]: () => boss.offWork(SCHEDULE_QUEUE) }
}

function checkRecurrence(boss: PgBoss, cron: string, timeZone: string): void {
  const refuse = (field: string, received: string, allowed: string, cause?: unknown) =>
    new AppError('request.invalid', `\`${field.slice(1)}\` is not usable; it must be ${allowed}.`, {
      field,
      received,
      allowed,
      cause,
    })
  if (!/^(\S+\s+){4,5}\S+$/.test(cron)) throw refuse('/cron', cron, 'a cron expression of five fields')
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw refuse('/timeZone', timeZone, 'a time zone of the IANA, such as Europe/Berlin', cause)
  }
  try {
    boss.previewSchedule(cron, { tz: timeZone, count: 1 })
  } catch (cause) {
    throw refuse('/cron', cron, 'a cron expression of five fields', cause)
  }
}

function toSchedule(boss: PgBoss, { key, cron, timezone, data, createdOn }: BossSchedule): Schedule {
  const { spec } = data as ScheduleJob
  const [next] = boss.previewSchedule(cron, { tz: timezone, count: 1 })
  return {
    id: key,
    cron,
    timeZone: timezone,
    nextAt: next?.toISOString() ?? null,
    room: spec.room ?? null,
    metadata: spec.metadata ?? {},
    createdAt: createdOn.toISOString(),
  }
}
