import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * While the service closes, ends every connection as soon as no request is under way on it. Node's own
 * `closeIdleConnections` leaves those that never sent one, as browsers open ahead of need, to their time-out of a minute.
 */
export function letIdleConnectionsGo(app: FastifyInstance): void {
  const { server } = app
  const idle = new Set<Socket>()
  let closing = false

  const rest = (socket: Socket): void => {
    if (socket.destroyed) return
    if (closing) socket.destroySoon()
    else idle.add(socket)
  }
  server.on('connection', (socket) => {
    rest(socket)
    socket.on('close', () => idle.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    idle.delete(socket)
    response.on('close', () => rest(socket))
  })
  server.on('upgrade', ({ socket }) => idle.delete(socket))
  app.addHook('preClose', async () => {
    closing = true
    for (const socket of idle) socket.destroySoon()
  })
}
