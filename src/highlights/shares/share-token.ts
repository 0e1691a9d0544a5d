import { createHmac, timingSafeEqual } from 'node:crypto'

/** The token of a share's link: `<id>.<expiry, epoch seconds>.<HMAC-SHA256 of both>`, safe in a path (RFC 2104). */
export function signShare(
  { id, expiresAt }: { readonly id: string; readonly expiresAt: string },
  secret: string,
): string {
  const claims = `${id}.${Math.floor(Date.parse(expiresAt) / 1000)}`
  return `${claims}.${sign(claims, secret).toString('base64url')}`
}

/** The share that a token was made for; undefined when it is forged, damaged or expired. */
export function readShareToken(token: string, secret: string, now: Date): string | undefined {
  const match = /^((shr_[0-9A-HJKMNP-TV-Z]{26})\.(\d{1,12}))\.([A-Za-z0-9_-]{43})$/.exec(token)
  const [, claims = '', id, expiry, signature = ''] = match ?? []
  if (id === undefined || !timingSafeEqual(Buffer.from(signature, 'base64url'), sign(claims, secret))) return undefined
  return Number(expiry) * 1000 > now.getTime() ? id : undefined
}

function sign(claims: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(claims).digest()
}
