import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type AppError, PROBLEM_CONTENT_TYPE, problemOf } from '../protocol/index.ts'
import type { ApiDependencies } from './dependencies.ts'
import { requireLoopback } from './loopback.ts'
import { apiError, logError, pathOf } from './problems.ts'
import { traceIdOf } from './trace-id.ts'

/**
 * Hands WebSocket upgrades to the hub. A refused one is answered with a problem document. Without API keys a caller
 * on this machine needs no token; a token lets its bearer in from any page.
 */
export function useUpgrades(app: FastifyInstance, { hub, apiKeys }: Pick<ApiDependencies, 'hub' | 'apiKeys'>): void {
  const open = apiKeys.length === 0
  app.server.on('upgrade', (request, socket, head) => {
    const forget = () => socket.destroy()
    socket.on('error', forget)
    try {
      const admission = hub.admit(request, { open })
      if (open) requireLoopback(request.headers, { anyOrigin: admission.tokened })
      socket.off('error', forget)
      hub.accept(admission, { request, socket, head })
    } catch (thrown) {
      const error = apiError(thrown)
      const path = pathOf(request.url ?? '/')
      const traceId = traceIdOf(request)
      logError(app.log, error, { method: 'UPGRADE', path, traceId })
      refuse(socket, error, { instance: path, traceId })
    }
  })
  app.addHook('preClose', () => hub.closeConnections())
}

function refuse(
  socket: Duplex,
  error: AppError,
  occurrence: { readonly instance: string; readonly traceId: string },
): void {
  const body = JSON.stringify(problemOf(error, occurrence))
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
      `content-type: ${PROBLEM_CONTENT_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
