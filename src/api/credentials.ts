import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../protocol/index.ts'

export const SESSION_COOKIE = 'panorec_session'
export const SESSION_TTL_SEC = 12 * 3600

/** Checks API keys and the sessions made from them. Comparisons take constant time. */
export interface Credentials {
  /** Accepts a valid key. Errors: `auth.missing`, `auth.invalid`. */
  requireKey(headers: IncomingHttpHeaders): void
  /** Accepts the cookie of a session too. Errors: as `requireKey`. */
  requireKeyOrSession(headers: IncomingHttpHeaders): void
  /** Returns a new session's cookie value for the bearer of a valid key; the session expires, or ends with its key. */
  issueSession(headers: IncomingHttpHeaders): string
}

export function createCredentials(keys: readonly string[], clock: () => number): Credentials {
  const known = keys.map((key) => ({ key, digest: digest(key) }))
  const matching = (given: string): string | undefined => {
    const wanted = digest(given)
    // Every key is compared, so that the time does not tell which one matched.
    return known.filter((entry) => timingSafeEqual(entry.digest, wanted)).at(0)?.key
  }

  const keyOf = (headers: IncomingHttpHeaders): string => {
    const given = presentedKey(headers)
    if (given === undefined) throw missingKey()
    const key = matching(given)
    if (key === undefined) {
      throw new AppError('auth.invalid', 'The API key is not one of this service; check it or ask its operator')
    }
    return key
  }

  const isSession = (cookie: string): boolean => {
    const [expiry = '', signature = ''] = cookie.split('.')
    const given = Buffer.from(signature, 'base64url')
    const valid = keys.filter((key) => sameBytes(given, signSession(key, expiry)))
    return valid.length > 0 && Number(expiry) > clock()
  }

  return {
    requireKey: (headers) => void keyOf(headers),
    requireKeyOrSession(headers) {
      const cookie = cookieOf(headers, SESSION_COOKIE)
      if (cookie === undefined || !isSession(cookie)) keyOf(headers)
    },
    issueSession(headers) {
      const expiry = String(clock() + SESSION_TTL_SEC * 1000)
      return `${expiry}.${signSession(keyOf(headers), expiry).toString('base64url')}`
    },
  }
}

/** Tells callers apart by the key that they present, without holding it; empty for one without a key. */
export function callerOf(headers: IncomingHttpHeaders): string {
  const key = presentedKey(headers)
  return key === undefined ? '' : digest(key).toString('hex').slice(0, 16)
}

function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const [, bearer] = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  const plain = headers['x-api-key']
  return bearer ?? (typeof plain === 'string' ? plain : undefined)
}

function missingKey(): AppError {
  return new AppError('auth.missing', 'This service asks for an API key: send it as `Authorization: Bearer <key>`', {
    field: 'authorization',
    allowed: 'Authorization: Bearer <key>, or x-api-key: <key>',
  })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function signSession(key: string, expiry: string): Buffer {
  return createHmac('sha256', key).update(`panorec session until ${expiry}`).digest()
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
