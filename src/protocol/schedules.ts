import Type, { type Static } from 'typebox'
import { InstantSchema, listOf, RoomNameSchema } from './ids.ts'
import { MetadataSchema } from './metadata.ts'
import { RecordingSpecSchema } from './recording.ts'

const strict = { additionalProperties: false }

export const ScheduleIdSchema = Type.String({ pattern: '^sch_[0-9A-HJKMNP-TV-Z]{26}$', description: 'sch_<ulid>' })

/** The body of `POST /v1/schedules`: a recording that is started again and again. */
export const ScheduleRequestSchema = Type.Object(
  {
    cron: Type.String({ minLength: 9, maxLength: 128, description: 'minute hour day month weekday' }),
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'of the IANA' })),
    spec: RecordingSpecSchema,
  },
  { $id: 'ScheduleRequest', ...strict },
)
export type ScheduleRequest = Static<typeof ScheduleRequestSchema>

/** A schedule as the API shows it: without the spec, which holds tokens and secrets. */
export const ScheduleSchema = Type.Object(
  {
    id: ScheduleIdSchema,
    cron: Type.String(),
    timeZone: Type.String(),
    /** When the next recording is started; null when there is none any more. */
    nextAt: Type.Union([InstantSchema, Type.Null()]),
    room: Type.Union([RoomNameSchema, Type.Null()]),
    metadata: MetadataSchema,
    createdAt: InstantSchema,
  },
  { $id: 'Schedule', ...strict },
)
export type Schedule = Static<typeof ScheduleSchema>

export const ScheduleListSchema = listOf(ScheduleSchema, 'ScheduleList')
export type ScheduleList = Static<typeof ScheduleListSchema>
