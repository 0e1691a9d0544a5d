import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Balancer extends AsyncDisposable {
  readonly url: string
}

/** A plain load balancer: each connection goes to the next of the services, past those that refuse it. */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const pass = (client: Socket, left: number): void => {
    const { hostname, port } = new URL(urls[turn % urls.length] ?? '')
    turn += 1
    const upstream = connect(Number(port), hostname)
    open.add(upstream)
    upstream.once('connect', () => {
      client.pipe(upstream).pipe(client)
      client.once('close', () => upstream.destroy())
      upstream.once('close', () => client.destroy())
    })
    upstream.on('error', () => (upstream.connecting && left > 0 ? pass(client, left - 1) : client.destroy()))
    upstream.once('close', () => open.delete(upstream))
  }
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => client.destroy())
    client.once('close', () => open.delete(client))
    pass(client, urls.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The port of a listening server is not known')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
