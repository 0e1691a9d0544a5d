import Type, { type Static } from 'typebox'
import { InstantSchema, NameSchema } from './ids.ts'
import { ErrorInfoSchema } from './problem.ts'

const SOURCE_ROLES = ['presenter', 'participant', 'screen'] as const
export type SourceRole = (typeof SOURCE_ROLES)[number]

const common = {
  id: NameSchema,
  url: Type.String({ minLength: 1, maxLength: 4096, description: 'http or https' }),
  label: Type.Optional(Type.String({ maxLength: 128 })),
  role: Type.Optional(Type.Enum([...SOURCE_ROLES])),
  muted: Type.Optional(Type.Boolean()),
}
const HlsSourceSchema = Type.Object({ ...common, type: Type.Literal('hls') }, { additionalProperties: false })
const WhepSourceSchema = Type.Object(
  {
    ...common,
    type: Type.Literal('whep'),
    token: Type.Optional(Type.String({ maxLength: 4096, description: 'Sent as a bearer token (RFC 6750)' })),
  },
  { additionalProperties: false },
)
const VideoSourceSchema = Type.Object(
  { ...common, type: Type.Literal('video'), loop: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)
/** The most sources that a recording may have at once. */
export const MAX_SOURCES = 32

/** One live stream shown in the picture. Defaults: label = id, role = participant, not muted, no loop. */
export const SourceSpecSchema = Type.Union([HlsSourceSchema, WhepSourceSchema, VideoSourceSchema])
export type SourceSpec = Static<typeof SourceSpecSchema>
export type HlsSource = Static<typeof HlsSourceSchema>
export type WhepSource = Static<typeof WhepSourceSchema>
export type VideoSource = Static<typeof VideoSourceSchema>

/** What may be changed of a source while the recording runs. */
export const SourcePatchSchema = Type.Object(
  {
    label: Type.Optional(Type.String({ maxLength: 128 })),
    role: Type.Optional(Type.Enum([...SOURCE_ROLES])),
    muted: Type.Optional(Type.Boolean()),
  },
  { $id: 'SourcePatch', additionalProperties: false, minProperties: 1 },
)
export type SourcePatch = Static<typeof SourcePatchSchema>

const SOURCE_STATES = ['connecting', 'live', 'stalled', 'ended', 'failed'] as const
export type SourceState = (typeof SOURCE_STATES)[number]

/** A source as the API shows it. Its token is never shown. */
export const SourceSchema = Type.Object(
  {
    id: NameSchema,
    type: Type.Enum(['hls', 'whep', 'video']),
    url: Type.String(),
    label: Type.String(),
    role: Type.Enum([...SOURCE_ROLES]),
    muted: Type.Boolean(),
    loop: Type.Optional(Type.Boolean()),
    state: Type.Enum([...SOURCE_STATES]),
    since: InstantSchema,
    error: Type.Union([ErrorInfoSchema, Type.Null()]),
  },
  { $id: 'Source', additionalProperties: false },
)
export type Source = Static<typeof SourceSchema>
