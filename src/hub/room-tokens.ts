import { createHmac, timingSafeEqual } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'
import { AppError, NameSchema, ROOM_ROLES, RoomNameSchema, type RoomRole } from '../protocol/index.ts'

/** One room, one identity, one role: a token never speaks for another room or another name. */
interface RoomGrant {
  readonly room: string
  readonly role: RoomRole
  readonly identity: string
}

/** Tokens that let their bearer into one room, as one identity, until they expire. */
export interface RoomTokens {
  mint(grant: RoomGrant & { readonly ttlSec: number }): string
  /** Errors: `auth.invalid` for a token that is forged, damaged or expired. */
  verify(token: string): RoomGrant
}

const ClaimsSchema = Type.Object({
  room: RoomNameSchema,
  role: Type.Enum([...ROOM_ROLES]),
  identity: NameSchema,
  /** Expiry, epoch milliseconds. */
  exp: Type.Number(),
})
type Claims = Static<typeof ClaimsSchema>

/**
 * Tokens are `<claims>.<HMAC-SHA256>`, both base64url, so they also fit a WebSocket subprotocol (RFC 6455 §4.1).
 * Who knows the secret can enter every room; a new secret voids every token.
 */
export function createRoomTokens(secret: string | Uint8Array, clock: () => number = Date.now): RoomTokens {
  const sign = (claims: string): Buffer => createHmac('sha256', secret).update(claims).digest()
  return {
    mint({ ttlSec, room, role, identity }) {
      const claims: Claims = { room, role, identity, exp: clock() + ttlSec * 1000 }
      const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
      return `${text}.${sign(text).toString('base64url')}`
    },
    verify(token) {
      const [text = '', signature = ''] = token.split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(text)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new AppError('auth.invalid', 'The room token was not issued by this service; ask for a new one', {
          field: 'token',
        })
      }
      const claims = readClaims(text)
      if (claims.exp <= clock()) {
        throw new AppError('auth.invalid', `The room token expired at ${new Date(claims.exp).toISOString()}`, {
          field: 'token',
        })
      }
      return { room: claims.room, role: claims.role, identity: claims.identity }
    },
  }
}

function readClaims(text: string): Claims {
  const claims: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
  if (Check(ClaimsSchema, claims)) return claims
  throw new AppError('auth.invalid', 'The room token comes from another version; ask for a new one', { field: 'token' })
}
