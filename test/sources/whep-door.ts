import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface DoorVisit {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
}

/** How the door treats a POST: hands it to the server behind, or answers by itself. `down` cuts every connection. */
type DoorManner = 'open' | 'down' | 'redirect' | number

/**
 * An HTTP door before a WHEP server, at an address that stays when the server behind is replaced. It writes down who
 * came. Media does not pass through it.
 */
export class WhepDoor implements AsyncDisposable {
  readonly visits: DoorVisit[] = []
  manner: DoorManner = 'open'
  /** Where visitors are led: the WHEP URL of the stream. */
  target: string
  /** For a server that answers an offer with an offer of its own (406): makes it, and takes the answer to it. */
  counter: { offer(): Promise<string>; answer(sdp: string): Promise<void> } | null = null
  readonly #server: Server

  private constructor(target: string) {
    this.target = target
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy())
    })
  }

  static async open(target: string): Promise<WhepDoor> {
    const door = new WhepDoor(target)
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve))
    return door
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/whep`
  }

  /** Visits with this method, in order. */
  visitsBy(method: string): DoorVisit[] {
    return this.visits.filter((visit) => visit.method === method)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '/', headers } = request
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', 'authorization, content-type, accept, if-match')
    response.setHeader('access-control-allow-methods', 'POST, PATCH, DELETE')
    response.setHeader('access-control-expose-headers', 'location, link')
    if (this.manner === 'down') return void request.socket.destroy()
    if (method === 'OPTIONS') return void response.writeHead(204).end()
    this.visits.push({ method, path, authorization: headers.authorization })
    if (method === 'POST' && typeof this.manner === 'number') return void response.writeHead(this.manner).end()
    if (method === 'POST' && this.manner === 'redirect' && path === '/whep')
      return void response.writeHead(307, { location: '/moved' }).end()
    if (this.counter && method !== 'DELETE') await this.#negotiate(request, response)
    else await this.#pass(request, response)
  }

  async #negotiate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sdp = await text(request)
    if (request.method === 'PATCH') {
      await this.counter?.answer(sdp)
      return void response.writeHead(204).end()
    }
    const headers = { 'content-type': 'application/sdp', location: '/session/counter' }
    response.writeHead(406, headers).end(await this.counter?.offer())
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '/' } = request
    const body = await text(request)
    const target = method === 'POST' ? this.target : new URL(path, this.target)
    const answer = await fetch(target, {
      method,
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      ...(body && { body }),
    })
    const location = answer.headers.get('location')
    const headers = { 'content-type': 'application/sdp', ...(location && { location }) }
    response.writeHead(answer.status, headers).end(await answer.text())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
