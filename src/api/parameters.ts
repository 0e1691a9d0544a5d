import Type, { type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import {
  AppError,
  type ErrorCode,
  HighlightIdSchema,
  NameSchema,
  RecapIdSchema,
  RecordingIdSchema,
  RoomNameSchema,
  ScheduleIdSchema,
  ShareIdSchema,
} from '../protocol/index.ts'
import type { PageQuery } from '../recording/index.ts'

/** The default size of a page of a list. */
export const DEFAULT_LIMIT = 20
/** The query parameters of every paginated list. */
export const PAGE_PARAMETERS = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'the `nextCursor` of a page' })),
}
/** The query of a list that has no filter. */
export const PageParameters = Type.Object(PAGE_PARAMETERS, { additionalProperties: false })

/** Which page such a query asks for. */
export function pageQueryOf({ limit = DEFAULT_LIMIT, cursor }: Static<typeof PageParameters>): PageQuery {
  return { limit, ...(cursor !== undefined && { cursor }) }
}
/** The body of a call that takes none: absent, or `{}`. */
export const EmptyBody = Type.Object({}, { additionalProperties: false })
/** Ids in a path are described but not validated: an id that cannot exist is answered like one that does not. */
export const RecordingParameters = Type.Object({ id: Type.String({ description: '`rec_<ulid>`' }) })
export const SourceParameters = Type.Object({
  id: Type.String({ description: '`rec_<ulid>`' }),
  sourceId: Type.String({ description: 'The id that the source was added with' }),
})
export const HighlightParameters = Type.Object({ id: Type.String({ description: '`hl_<ulid>`' }) })
export const RecapParameters = Type.Object({ id: Type.String({ description: '`rcp_<ulid>`' }) })
export const ShareParameters = Type.Object({
  id: Type.String({ description: '`hl_<ulid>`' }),
  shareId: Type.String({ description: '`shr_<ulid>`' }),
})
export const ScheduleParameters = Type.Object({ id: Type.String({ description: '`sch_<ulid>`' }) })
export const RoomParameters = Type.Object({ room: RoomNameSchema })
/** The schema of an answer without a body. */
export const NoContentSchema = Type.Unsafe<undefined>({ description: 'Done' })

/** Reads an id of a path. Errors: the `code`, also for a text that cannot be an id at all. */
function idReader<const N extends string>(name: N, schema: TSchema, code: ErrorCode, message: string) {
  return (parameters: Readonly<Record<N, string>>): string => {
    const id: string = parameters[name]
    const isValid: boolean = Check(schema, id)
    if (isValid) return id
    throw new AppError(code, message, { field: `/${name}`, received: id.slice(0, 100) })
  }
}

/** Errors: `recording.not-found`. */
export const recordingIdOf = idReader(
  'id',
  RecordingIdSchema,
  'recording.not-found',
  'There is no recording with this id; ids look like rec_<ulid>',
)
/** Errors: `source.not-found`. */
export const sourceIdOf = idReader(
  'sourceId',
  NameSchema,
  'source.not-found',
  'The recording has no source with this id',
)
/** Errors: `highlight.not-found`. */
export const highlightIdOf = idReader(
  'id',
  HighlightIdSchema,
  'highlight.not-found',
  'There is no highlight with this id; ids look like hl_<ulid>',
)
/** Errors: `recap.not-found`. */
export const recapIdOf = idReader(
  'id',
  RecapIdSchema,
  'recap.not-found',
  'There is no recap with this id; ids look like rcp_<ulid>',
)
/** Errors: `share.not-found`. */
export const shareIdOf = idReader(
  'shareId',
  ShareIdSchema,
  'share.not-found',
  'The highlight has no link with this id; ids look like shr_<ulid>',
)
/** Errors: `schedule.not-found`. */
export const scheduleIdOf = idReader(
  'id',
  ScheduleIdSchema,
  'schedule.not-found',
  'There is no schedule with this id; ids look like sch_<ulid>',
)

/** The format of RFC 3339 §5.6, with up to nine digits behind the second. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

/** The bounds of a time: the years 1 to 9999, which databases and ISO 8601 agree on, less a day for offsets. */
const FIRST_MS = Date.parse('0001-01-02T00:00:00.000Z')
const LAST_MS = Date.parse('9999-12-30T23:59:59.999Z')

/** Normalises a caller's time to UTC, with milliseconds. Errors: `request.invalid`, naming the field. */
export function instantOf(name: string, text: string, place: 'body' | 'query' = 'body'): string {
  const [, day] = RFC_3339.exec(text) ?? []
  const ms = Date.parse(text)
  const inRange = ms >= FIRST_MS && ms <= LAST_MS
  // The 31st of February parses, as a day of March.
  if (day !== undefined && inRange && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day))
    return new Date(ms).toISOString()
  const allowed = 'a time of RFC 3339, such as 2026-11-21T09:00:00.000Z'
  const received = text.slice(0, 100)
  const subject = place === 'query' ? `The query parameter \`${name}\`` : `\`/${name}\``
  throw new AppError('request.invalid', `${subject} must be ${allowed}, but was ${JSON.stringify(received)}`, {
    field: `/${name}`,
    received,
    allowed,
  })
}
