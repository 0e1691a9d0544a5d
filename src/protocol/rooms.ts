import Type, { type Static } from 'typebox'
import { InstantSchema, NameSchema, RoomNameSchema } from './ids.ts'

/** What a connection may send: a host everything, a participant its own signals, a viewer and a recorder nothing. */
export const ROOM_ROLES = ['host', 'participant', 'viewer', 'recorder'] as const
export type RoomRole = (typeof ROOM_ROLES)[number]

/** The body of `POST /v1/rooms/:room/tokens`. */
export const RoomTokenRequestSchema = Type.Object(
  {
    role: Type.Enum([...ROOM_ROLES]),
    identity: NameSchema,
    ttlSec: Type.Optional(Type.Integer({ minimum: 1, maximum: 604800, default: 3600 })),
  },
  { $id: 'RoomTokenRequest', additionalProperties: false },
)
export type RoomTokenRequest = Static<typeof RoomTokenRequestSchema>

/** Lets its bearer join one room as one identity: as `?token=`, or as a WebSocket subprotocol beside `panorec.v1`. */
export const RoomTokenSchema = Type.Object(
  {
    token: Type.String(),
    room: RoomNameSchema,
    role: Type.Enum([...ROOM_ROLES]),
    identity: NameSchema,
    expiresAt: InstantSchema,
  },
  { $id: 'RoomToken', additionalProperties: false },
)
export type RoomToken = Static<typeof RoomTokenSchema>
