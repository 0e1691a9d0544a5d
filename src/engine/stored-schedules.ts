import type { Schedule as BossSchedule, PgBoss } from 'pg-boss'
import { AppError, type Schedule } from '../protocol/index.ts'
import type { ScheduleBook } from '../recording/index.ts'
import { SCHEDULE_QUEUE, type ScheduleJob } from './queues.ts'

/** Schedules in the tables of pg-boss, which looks every few seconds which of them is due. */
export function createScheduleBook(boss: PgBoss): ScheduleBook {
  return {
    async add({ id, cron, timeZone, spec }) {
      checkRecurrence(boss, cron, timeZone)
      await write(boss, { schedule: { id, cron, timeZone }, spec })
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

/** Gives schedules that an earlier version has written what they lack: their own name, and what to do after a downtime. */
export async function renewSchedules(boss: PgBoss): Promise<void> {
  for (const { key, cron, timezone, data } of await boss.getSchedules(SCHEDULE_QUEUE)) {
    const { schedule, spec } = data as ScheduleJob
    if (schedule === undefined) await write(boss, { schedule: { id: key, cron, timeZone: timezone }, spec })
  }
}

/** `missed`: after a time in which nobody looked, the newest moment in it is made up for. */
async function write(boss: PgBoss, job: Required<ScheduleJob>): Promise<void> {
  const { id, cron, timeZone } = job.schedule
  await boss.schedule(SCHEDULE_QUEUE, cron, job, { key: id, tz: timeZone, missed: 'once' })
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
