import { createHmac, timingSafeEqual } from 'node:crypto'

export const SIGNATURE_HEADER = 'Panorec-Signature'
/** How old a signature may be before `verifySignature` takes it for a replay. */
const SIGNATURE_TOLERANCE_SEC = 300

/** The value of `Panorec-Signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">` (RFC 2104). */
export function signBody(body: string, secret: string, at: Date): string {
  const time = Math.floor(at.getTime() / 1000)
  return `t=${time},v1=${hmac(body, secret, String(time)).toString('hex')}`
}

/** True when the header was made with this secret over this body, not longer ago than the tolerance. */
export function verifySignature(
  header: string,
  {
    body,
    secret,
    now,
    toleranceSec = SIGNATURE_TOLERANCE_SEC,
  }: {
    readonly body: string
    readonly secret: string
    readonly now: Date
    readonly toleranceSec?: number
  },
): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header)
  if (match?.[1] === undefined || match[2] === undefined) return false
  const age = Math.abs(now.getTime() / 1000 - Number(match[1]))
  return age <= toleranceSec && timingSafeEqual(Buffer.from(match[2], 'hex'), hmac(body, secret, match[1]))
}

function hmac(body: string, secret: string, time: string): Buffer {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest()
}
