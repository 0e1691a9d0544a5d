import type { FastifyInstance } from 'fastify'

/** For everything that is no page: nothing may be loaded, run or framed. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
/** For the console: its own files and, where media come from the store, those; hls.js runs its worker from a blob. */
export function consolePolicy(mediaOrigin = ''): string {
  return [
    "default-src 'self'",
    `img-src 'self' data: blob: ${mediaOrigin}`.trim(),
    `media-src 'self' blob: ${mediaOrigin}`.trim(),
    "worker-src 'self' blob:",
    `connect-src 'self' ${mediaOrigin}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Sets the headers that every answer carries; a route's own policy stays. */
export function useSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', DATA_POLICY)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
}
