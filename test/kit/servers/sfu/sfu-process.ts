import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Stream } from './stream.ts'

/** The commands of a test to its SFU, each answered by a message with the same id. */
export type SfuCommand = { readonly id: number; readonly stream: string } & (
  | { readonly type: 'listen' }
  | { readonly type: 'unpublish' }
  | { readonly type: 'hang-up' }
  | { readonly type: 'viewers' }
  /** Refuses every new session with this status; 0 heals. */
  | { readonly type: 'refuse'; readonly status: number }
)

const streams = new Map<string, Stream>()
const sessions = new Map<string, () => void>()
const refusals = new Map<string, number>()

function streamOf(name: string): Stream {
  const stream = streams.get(name) ?? new Stream(name)
  streams.set(name, stream)
  return stream
}

/** WHIP and WHEP (RFC 9725 §4; draft-ietf-wish-whep §4): POST an offer, DELETE the session. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', 'authorization, content-type')
  response.setHeader('access-control-allow-methods', 'POST, DELETE, OPTIONS')
  response.setHeader('access-control-expose-headers', 'location')
  const [, verb, name = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
  if (request.method === 'OPTIONS') return endWith(response, 204)
  if (request.method === 'DELETE') {
    sessions.get(name)?.()
    return endWith(response, sessions.delete(name) ? 200 : 404)
  }
  if (request.method !== 'POST' || (verb !== 'whip' && verb !== 'whep')) return endWith(response, 405)
  const refusal = refusals.get(name)
  if (refusal) return endWith(response, refusal)
  const offer = await text(request)
  const stream = streamOf(name)
  const session = await (verb === 'whip' ? stream.publish(offer) : stream.view(offer))
  const id = randomUUID()
  sessions.set(id, session.close)
  response.writeHead(201, { 'content-type': 'application/sdp', location: `/session/${id}` }).end(session.sdp)
}

function endWith(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}

async function handleCommand(command: SfuCommand): Promise<unknown> {
  const stream = streamOf(command.stream)
  if (command.type === 'listen') return await stream.listen()
  if (command.type === 'viewers') return stream.viewers
  if (command.type === 'unpublish') stream.unpublish()
  if (command.type === 'hang-up') stream.hangUpAll()
  if (command.type === 'refuse') refusals.set(command.stream, command.status)
  return null
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
})
server.listen(0, '127.0.0.1', () => process.send?.({ id: 0, result: (server.address() as AddressInfo).port }))
process.on('message', (command: SfuCommand) => {
  handleCommand(command).then(
    (result) => process.send?.({ id: command.id, result }),
    (error) => process.send?.({ id: command.id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
