import { Socket } from 'node:net'

/**
 * A socket that ends with an error when it has neither said nor heard anything for so long. A network that swallows everything
 * closes no connection: without this whoever waits for an answer waits until TCP gives up, a quarter of an hour.
 */
export function answeringSocket(silenceMs: number): Socket {
  const socket = new Socket()
  socket.setTimeout(silenceMs, () => {
    socket.destroy(new Error(`The database did not answer within ${silenceMs / 1000} s`))
  })
  return socket
}
