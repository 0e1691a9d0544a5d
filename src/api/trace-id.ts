import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The trace id of a request: the caller's, from `traceparent` (W3C Trace Context §3.2), or a new one. */
export function traceIdOf(request: IncomingMessage): string {
  const header = request.headers.traceparent
  const [, given] = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(header ?? '')) ?? []
  return given && !/^0+$/.test(given) ? given : randomBytes(16).toString('hex')
}
