import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../protocol/index.ts'

/** Whether a request may come from any page (`media`), or only from this machine's own. */
interface OriginRule {
  readonly anyOrigin: boolean
}

/**
 * Guards a service without keys: a request must name a loopback host, and must not come from a page of another site.
 * A page anywhere could otherwise reach it through the user's browser, by DNS rebinding or by plain cross-site requests.
 * Errors: `auth.forbidden`.
 */
export function requireLoopback(headers: IncomingHttpHeaders, { anyOrigin }: OriginRule): void {
  const host = headers.host ?? ''
  if (!isLoopbackUrl(`http://${host}`)) {
    const message = 'Without API keys the service answers to loopback names only; set PANOREC_API_KEYS to serve others'
    throw new AppError('auth.forbidden', message, {
      field: 'host',
      received: host,
      allowed: 'localhost, 127.0.0.1, [::1]',
    })
  }
  const { origin } = headers
  if (!anyOrigin && origin !== undefined && !isLoopbackUrl(origin)) {
    const message = 'Without API keys the service takes no requests from pages of other sites; set PANOREC_API_KEYS'
    throw new AppError('auth.forbidden', message, {
      field: 'origin',
      received: origin,
      allowed: 'a page of this machine',
    })
  }
}

function isLoopbackUrl(text: string): boolean {
  const host = URL.parse(text)?.hostname ?? ''
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
