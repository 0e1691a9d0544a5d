import Type, { type Static } from 'typebox'
import { BoardOpSchema, BoardPageSchema } from './board.ts'
import { NameSchema } from './ids.ts'
import { LayoutSchema } from './layout.ts'
import { MetadataSchema } from './metadata.ts'

const strict = { additionalProperties: false }
const head = {
  v: Type.Literal(1),
  /** When it happened, epoch milliseconds. */
  at: Type.Number({ minimum: 0 }),
  /** Who sent it: a participant's id. The hub refuses a `from` that is not the connection's own identity. */
  from: Type.Optional(NameSchema),
  /** Makes the signal idempotent; the hub gives one to a signal that has none. */
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** The hub's sequence number in the room, from 1; orders signals of the same `at`. */
  seq: Type.Optional(Type.Integer({ minimum: 0 })),
}
/** The participant that the signal is about; without it the sender. */
const about = { participant: Type.Optional(NameSchema) }
const MediaKind = Type.Enum(['audio', 'video'])
const profile = {
  name: Type.Optional(Type.String({ maxLength: 128 })),
  role: Type.Optional(Type.Enum(['presenter', 'participant', 'viewer'])),
  /** The source that shows this participant; without it the source whose id is the participant's id. */
  source: Type.Optional(NameSchema),
}

export const SIGNAL_SCHEMAS = {
  'participant.joined': Type.Object(
    { ...head, ...about, ...profile, type: Type.Literal('participant.joined') },
    strict,
  ),
  'participant.updated': Type.Object(
    { ...head, ...about, ...profile, type: Type.Literal('participant.updated') },
    strict,
  ),
  'participant.left': Type.Object({ ...head, ...about, type: Type.Literal('participant.left') }, strict),
  'media.muted': Type.Object({ ...head, ...about, kind: MediaKind, type: Type.Literal('media.muted') }, strict),
  'media.unmuted': Type.Object({ ...head, ...about, kind: MediaKind, type: Type.Literal('media.unmuted') }, strict),
  'active.speaker': Type.Object(
    { ...head, participant: Type.Union([NameSchema, Type.Null()]), type: Type.Literal('active.speaker') },
    strict,
  ),
  'chat.message': Type.Object(
    {
      ...head,
      text: Type.String({ minLength: 1, maxLength: 4000 }),
      name: Type.Optional(Type.String({ maxLength: 128 })),
      type: Type.Literal('chat.message'),
    },
    strict,
  ),
  'hand.raised': Type.Object({ ...head, ...about, type: Type.Literal('hand.raised') }, strict),
  'hand.lowered': Type.Object({ ...head, ...about, type: Type.Literal('hand.lowered') }, strict),
  caption: Type.Object(
    {
      ...head,
      ...about,
      text: Type.String({ maxLength: 2000, description: 'Empty clears the caption' }),
      /** How long it stays, milliseconds; without it 5000. */
      durationMs: Type.Optional(Type.Number({ minimum: 0, maximum: 60000 })),
      type: Type.Literal('caption'),
    },
    strict,
  ),
  'layout.set': Type.Object({ ...head, layout: LayoutSchema, type: Type.Literal('layout.set') }, strict),
  'board.op': Type.Object({ ...head, page: NameSchema, op: BoardOpSchema, type: Type.Literal('board.op') }, strict),
  'board.snapshot': Type.Object(
    {
      ...head,
      pages: Type.Array(BoardPageSchema, { maxItems: 200 }),
      current: Type.Optional(NameSchema),
      type: Type.Literal('board.snapshot'),
    },
    strict,
  ),
  'board.page': Type.Object({ ...head, page: NameSchema, type: Type.Literal('board.page') }, strict),
  highlight: Type.Object(
    {
      ...head,
      label: Type.Optional(Type.String({ maxLength: 200 })),
      preSec: Type.Optional(Type.Number({ minimum: 0, maximum: 600 })),
      postSec: Type.Optional(Type.Number({ minimum: 0, maximum: 600 })),
      metadata: Type.Optional(MetadataSchema),
      type: Type.Literal('highlight'),
    },
    strict,
  ),
  custom: Type.Object(
    {
      ...head,
      name: Type.String({ minLength: 1, maxLength: 128 }),
      data: Type.Optional(Type.Unknown()),
      type: Type.Literal('custom'),
    },
    strict,
  ),
} as const

export type SignalType = keyof typeof SIGNAL_SCHEMAS
export type SignalOf<T extends SignalType> = Static<(typeof SIGNAL_SCHEMAS)[T]>
/** A timestamped event of the room whose type this version knows. */
export type KnownSignal = { [T in SignalType]: SignalOf<T> }[SignalType]

/** A signal of a type this version does not know: kept, stored and passed on as it came. */
export const UnknownSignalSchema = Type.Object(
  { ...head, type: Type.String({ pattern: '^[a-z][a-z0-9.-]{0,63}$' }) },
  { additionalProperties: true },
)
type UnknownSignal = Static<typeof UnknownSignalSchema>
export type Signal = KnownSignal | UnknownSignal

/** True when the signal's type is one this version reduces. */
export function isKnownSignal(signal: Signal): signal is KnownSignal {
  return Object.hasOwn(SIGNAL_SCHEMAS, signal.type)
}

/** Ids of the hub's own signals begin with it. */
const HUB_ID = 'hub.'

/** True for an id that a sender may give: of the others the hub makes sure itself. */
export function isSenderId(id: string): boolean {
  return !id.startsWith(HUB_ID)
}

/** Says which signals are the same one: those of one sender with one id. Undefined for a signal without an id. */
export function signalKeyOf({ from, id }: Pick<Signal, 'from' | 'id'>): string | undefined {
  // No name has a space in it.
  return id === undefined ? undefined : `${from ?? ''} ${id}`
}

/** The largest signal as JSON text, bytes. A board snapshot with images is the largest thing that a room sends. */
export const MAX_SIGNAL_BYTES = 4 * 1024 * 1024
