import {
  AppError,
  type RecordingSpec,
  type Schedule,
  type ScheduleList,
  type ScheduleRequest,
} from '../../protocol/index.ts'
import { checkSpec, checkUrls } from '../check-spec.ts'
import { cutPage, type PageQuery, pageOfRecords } from '../cursor.ts'
import type { OutboundPolicy } from '../ports.ts'
import type { Once } from '../recordings.ts'

/** Recordings that are started again and again, as the API calls them. */
export interface Schedules {
  /** With `once` it makes one schedule, however often it is called. Errors: those of a recording's start, and `request.invalid` for `/cron`, `/timeZone` and `/spec/startAt`. */
  create(request: ScheduleRequest, once?: Once): Promise<Schedule>
  /** Newest first. */
  list(query: PageQuery): Promise<ScheduleList>
  /** Recordings that it has started go on. Errors: `schedule.not-found`. */
  delete(id: string): Promise<void>
}

/** Keeps schedules and calls when one is due; fulfilled by the job engine. Errors: `request.invalid`. */
export interface ScheduleBook {
  /** One of the same id is replaced. */
  add(entry: {
    readonly id: string
    readonly cron: string
    readonly timeZone: string
    readonly spec: RecordingSpec
  }): Promise<Schedule>
  list(): Promise<readonly Schedule[]>
  /** False when there is none of this id. */
  remove(id: string): Promise<boolean>
}

interface SchedulesPorts {
  readonly book: ScheduleBook
  readonly outbound: OutboundPolicy
  readonly newUlid: () => string
}

export function createSchedules({ book, outbound, newUlid }: SchedulesPorts): Schedules {
  return {
    async create({ cron, timeZone = 'UTC', spec }, once) {
      checkStartless(spec)
      await checkPart(spec, outbound)
      return await book.add({ id: `sch_${once?.ulid ?? newUlid()}`, cron, timeZone, spec })
    },
    async list(query) {
      const { limit, beforeId } = pageOfRecords(query, 'sch')
      const all = (await book.list()).toSorted((a, b) => (a.id < b.id ? 1 : -1))
      const rest = beforeId === undefined ? all : all.filter(({ id }) => id < beforeId)
      const { page, nextCursor } = cutPage(rest.slice(0, limit), query.limit)
      return { items: [...page], nextCursor }
    },
    async delete(id) {
      if (await book.remove(id)) return
      throw new AppError('schedule.not-found', `There is no schedule ${JSON.stringify(id)}.`, { received: id })
    },
  }
}

/** The caller gave the spec as `/spec` of the schedule, and finds what is wrong by that. */
async function checkPart(spec: RecordingSpec, outbound: OutboundPolicy): Promise<void> {
  try {
    checkSpec(spec)
    await checkUrls(spec, outbound)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.field === undefined) throw thrown
    const { code, message, field, received, allowed, details } = thrown
    const options = { field: `/spec${field}`, received, details, cause: thrown }
    throw new AppError(code, message, allowed === undefined ? options : { ...options, allowed })
  }
}

/** A moment of its own would put all recordings of a schedule at one time. */
function checkStartless({ startAt }: RecordingSpec): void {
  if (startAt === undefined) return
  throw new AppError(
    'request.invalid',
    '`startAt` has no place in a schedule: its `cron` says when a recording starts.',
    {
      field: '/spec/startAt',
      received: startAt,
      allowed: 'a spec without startAt',
    },
  )
}
