import type { IncomingMessage } from 'node:http'
import { AppError, NameSchema, RoomNameSchema } from '../protocol/index.ts'
import { compileCheck } from '../protocol/mismatch.ts'
import type { Admission } from './hub.ts'
import type { RoomTokens } from './room-tokens.ts'

/** The subprotocol of the room protocol. A browser sends its token beside it: `[SUBPROTOCOL, token]`. */
export const SUBPROTOCOL = 'panorec.v1'

const ROOM_PATH = /^\/v1\/rooms\/([^/]+)\/signals$/
const PARAMETERS = ['after', 'as', 'token']
const checkRoom = compileCheck(RoomNameSchema)
const checkName = compileCheck(NameSchema)

/** Reads an upgrade request: which room, who, from where on. Errors: see `Hub.admit`. */
export function readAdmission(
  request: IncomingMessage,
  tokens: RoomTokens,
  { open }: { readonly open: boolean },
): Admission {
  const url = targetOf(request)
  const room = roomOf(url)
  const unknown = [...url.searchParams.keys()].find((key) => !PARAMETERS.includes(key))
  if (unknown !== undefined) {
    const message = `The query parameter \`${unknown}\` is not known here; known are ${PARAMETERS.join(', ')}`
    throw new AppError('request.invalid', message, { field: unknown, allowed: PARAMETERS.join(', ') })
  }
  const afterSeq = readAfter(url.searchParams.get('after'))
  const token = presentedToken(request, url)
  if (token === undefined) return { ...anonymous(url, open), room, afterSeq, tokened: false }
  const grant = tokens.verify(token)
  if (grant.room !== room) {
    throw new AppError('auth.forbidden', 'The room token was issued for another room', {
      field: 'token',
      received: room,
    })
  }
  return { ...grant, afterSeq, tokened: true }
}

/** The target is a path, or a whole URL for a proxy (RFC 9112 §3.2); `//` in front of a path names no host. */
function targetOf({ url: target = '/' }: IncomingMessage): URL {
  const url = URL.parse(target.startsWith('/') ? `http://room${target}` : target)
  if (url === null) throw noRoomAt(target)
  return url
}

function noRoomAt(path: string): AppError {
  const allowed = '/v1/rooms/:room/signals'
  return new AppError('route.not-found', `No WebSocket is served at ${path}`, { received: path, allowed })
}

function roomOf(url: URL): string {
  const [, encoded] = ROOM_PATH.exec(url.pathname) ?? []
  if (encoded === undefined) throw noRoomAt(url.pathname)
  return checked(checkRoom, encoded.includes('%') ? undefined : encoded, 'room')
}

function readAfter(text: string | null): number {
  if (text === null) return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const allowed = 'the `seq` of a signal, an integer of at least 0'
  throw new AppError('request.invalid', `The query parameter \`after\` must be ${allowed}`, {
    field: 'after',
    received: text,
    allowed,
  })
}

function anonymous(url: URL, open: boolean): Pick<Admission, 'identity' | 'role'> {
  if (!open) {
    const message = 'A room token is required: pass it as `?token=` or as a WebSocket subprotocol'
    throw new AppError('auth.missing', message, { field: 'token', allowed: 'POST /v1/rooms/:room/tokens issues one' })
  }
  return { identity: checked(checkName, url.searchParams.get('as') ?? 'host', 'as'), role: 'host' }
}

function presentedToken(request: IncomingMessage, url: URL): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())
  const fromProtocol = offered.find((text) => text !== '' && text !== SUBPROTOCOL)
  return url.searchParams.get('token') ?? bearer ?? fromProtocol
}

function checked(check: ReturnType<typeof compileCheck>, value: string | undefined, field: string): string {
  const mismatch = check(value)
  if (mismatch === undefined && value !== undefined) return value
  const allowed = mismatch?.allowed ?? 'a name'
  throw new AppError('request.invalid', `\`${field}\` must be ${allowed}`, { field, received: value, allowed })
}
