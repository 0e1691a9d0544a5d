import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A real HTTP server that takes webhooks. `answer` decides by the number of the request, from 0; undefined never answers. */
export async function startReceiver(answer: (index: number) => { status: number; location?: string } | undefined) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const wanted = answer(received.length)
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    if (wanted === undefined) return
    response.writeHead(wanted.status, wanted.location === undefined ? {} : { location: wanted.location }).end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
