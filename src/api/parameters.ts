import Type from 'typebox'
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
/** The answer of a call that has nothing to tell but that it worked. */
export const NoContentSchema = Type.Unsafe<undefined>({ description: 'Done' })

/** Errors: `recording.not-found` for what is no recording's id at all. */
export function recordingIdOf({ id }: { readonly id: string }): string {
  if (isRecordingId(id)) return id
  throw notFound('recording.not-found', 'There is no recording with this id; ids look like rec_<ulid>', '/id', id)
}

/** Errors: `source.not-found` for what is no source's id at all. */
export function sourceIdOf({ sourceId }: { readonly sourceId: string }): string {
  if (isName(sourceId)) return sourceId
  throw notFound('source.not-found', 'The recording has no source with this id', '/sourceId', sourceId)
}

/** Errors: `highlight.not-found` for what is no highlight's id at all. */
export function highlightIdOf({ id }: { readonly id: string }): string {
  if (isHighlightId(id)) return id
  throw notFound('highlight.not-found', 'There is no highlight with this id; ids look like hl_<ulid>', '/id', id)
}

/** Errors: `recap.not-found` for what is no recap's id at all. */
export function recapIdOf({ id }: { readonly id: string }): string {
  if (isRecapId(id)) return id
  throw notFound('recap.not-found', 'There is no recap with this id; ids look like rcp_<ulid>', '/id', id)
}

/** Errors: `share.not-found` for what is no share's id at all. */
export function shareIdOf({ shareId }: { readonly shareId: string }): string {
  if (isShareId(shareId)) return shareId
  const message = 'The highlight has no link with this id; ids look like shr_<ulid>'
  throw notFound('share.not-found', message, '/shareId', shareId)
}

/** Errors: `schedule.not-found` for what is no schedule's id at all. */
export function scheduleIdOf({ id }: { readonly id: string }): string {
  if (isScheduleId(id)) return id
  throw notFound('schedule.not-found', 'There is no schedule with this id; ids look like sch_<ulid>', '/id', id)
}

const isRecordingId = (text: string): boolean => Check(RecordingIdSchema, text)
const isName = (text: string): boolean => Check(NameSchema, text)
const isHighlightId = (text: string): boolean => Check(HighlightIdSchema, text)
const isRecapId = (text: string): boolean => Check(RecapIdSchema, text)
const isShareId = (text: string): boolean => Check(ShareIdSchema, text)
const isScheduleId = (text: string): boolean => Check(ScheduleIdSchema, text)

function notFound(code: ErrorCode, message: string, field: string, received: string): AppError {
  return new AppError(code, message, { field, received: received.slice(0, 100) })
}

/** RFC 3339 §5.6, with any number of digits behind the second. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

/** The years 1 to 9999, which a database and ISO 8601 agree on, with a day's room for what is reckoned from a time. */
const FIRST_MS = Date.parse('0001-01-02T00:00:00.000Z')
const LAST_MS = Date.parse('9999-12-30T23:59:59.999Z')

/** A caller's time as the product writes it: UTC, to the millisecond. Errors: `request.invalid`, naming the field. */
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
