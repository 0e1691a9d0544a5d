import type { Schedule as BossSchedule, PgBoss } from 'pg-boss'
import { AppError, type Schedule } from '../protocol/index.ts'
import type { ScheduleBook } from '../recording/index.ts'
import { SCHEDULE_QUEUE, type ScheduleJob } from './queues.ts'

/** Schedules in the tables of pg-boss, which checks every few seconds which of them is due. */
export interface StoredSchedules extends ScheduleBook {
  /** Gives schedules that an earlier version has written what they lack: their own name, and what to do after a downtime. */
  renew(): Promise<void>
  /** The next time of a recurrence after `from`; undefined when there is none. */
  nextTime(recurrence: { readonly cron: string; readonly timeZone: string }, from: Date): Date | undefined
}

/** Errors of `add`: `request.invalid` for a recurrence or a time zone that nobody can use. */
export class BossSchedules implements StoredSchedules {
  readonly #boss: PgBoss

  constructor(boss: PgBoss) {
    this.#boss = boss
  }

  async add({ id, cron, timeZone, spec }: Parameters<ScheduleBook['add']>[0]): Promise<Schedule> {
    checkRecurrence(this.#boss, cron, timeZone)
    await write(this.#boss, { schedule: { id, cron, timeZone }, spec })
    const [added] = await this.#boss.getSchedules(SCHEDULE_QUEUE, id)
    if (added === undefined) throw new AppError('internal', 'The schedule was deleted while it was made.')
    return toSchedule(this.#boss, added)
  }

  async list(): Promise<Schedule[]> {
    return (await this.#boss.getSchedules(SCHEDULE_QUEUE)).map((schedule) => toSchedule(this.#boss, schedule))
  }

  async remove(id: string): Promise<boolean> {
    const [there] = await this.#boss.getSchedules(SCHEDULE_QUEUE, id)
    if (there === undefined) return false
    await this.#boss.unschedule(SCHEDULE_QUEUE, id)
    return true
  }

  async renew(): Promise<void> {
    for (const { key, cron, timezone, data } of await this.#boss.getSchedules(SCHEDULE_QUEUE)) {
      const { schedule, spec } = data as ScheduleJob
      if (schedule === undefined) await write(this.#boss, { schedule: { id: key, cron, timeZone: timezone }, spec })
    }
  }

  nextTime({ cron, timeZone }: { readonly cron: string; readonly timeZone: string }, from: Date): Date | undefined {
    return this.#boss.previewSchedule(cron, { tz: timeZone, from, count: 1 })[0]
  }
}

/** `missed`: after a downtime, the newest moment in it is made up for. */
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
  if (!/^(\S+\s+){4}\S+$/.test(cron)) throw refuse('/cron', cron, 'a cron expression of five fields')
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
