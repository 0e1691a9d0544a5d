import { Socket } from 'node:net'

/**
 * A socket that ends with an error when it has neither sent nor received anything for so long. A network that drops all packets
 * closes no connection: without this a query waits for its answer until TCP gives up, a quarter of an hour.
 */
export function answeringSocket(silenceMs: number): Socket {
  const socket = new Socket()
  socket.setTimeout(silenceMs, () => {
    socket.destroy(new Error(`The database did not answer within ${silenceMs / 1000} s`))
  })
  return socket
}
