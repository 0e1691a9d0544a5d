import Type, { type TSchema } from 'typebox'

const ULID = '[0-9A-HJKMNP-TV-Z]{26}'

export const RecordingIdSchema = Type.String({ pattern: `^rec_${ULID}$`, description: 'rec_<ulid>' })
export const HighlightIdSchema = Type.String({ pattern: `^hl_${ULID}$`, description: 'hl_<ulid>' })

/** A name chosen by the user: a source, a participant, a board page. Safe in a URL path and in a file name. */
export const NameSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' })
/** A room of the hub. Same alphabet as a name, and up to 128 characters. */
export const RoomNameSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$' })
/** UTC time as `Date.toISOString` writes it, to the millisecond (RFC 3339). */
export const InstantSchema = Type.String({
  description: 'RFC 3339, UTC, milliseconds',
  examples: ['2026-11-21T09:00:00.000Z'],
})

/** A page of a list: every list of the API is one. */
export function listOf<T extends TSchema>(item: T, $id: string) {
  return Type.Object(
    { items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) },
    { $id, additionalProperties: false },
  )
}
