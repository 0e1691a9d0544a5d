import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Signal } from '../../src/protocol/index.ts'
import { openApp } from '../api/open-app.ts'

export type Frame = Signal & Readonly<Record<string, unknown>>

/** One socket in a room; `next` waits for the frame after the last one that it gave. */
export interface Seat extends AsyncDisposable {
  readonly socket: WebSocket
  send(frame: unknown): void
  next(): Promise<Frame>
  take(count: number): Promise<Frame[]>
}

/** Sits down at a hub's URL. Rejects when the upgrade is refused, with the problem document as the cause. */
export async function sitDown(
  url: string,
  options: { readonly protocols?: string[]; readonly headers?: object } = {},
): Promise<Seat> {
  const socket = new WebSocket(url, options.protocols ?? [], { headers: { ...options.headers } })
  const frames: Frame[] = []
  let wake = () => {}
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)))
    wake()
  })
  socket.on('close', () => wake())
  await opened(socket)
  const next = async (): Promise<Frame> => {
    for (;;) {
      const frame = frames.shift()
      if (frame) return frame
      if (socket.readyState === WebSocket.CLOSED) throw new Error('the connection is closed')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    socket,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next,
    async take(count) {
      const taken: Frame[] = []
      while (taken.length < count) taken.push(await next())
      return taken
    },
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return
      const closed = once(socket, 'close')
      socket.resume()
      socket.close()
      await closed
    },
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
    socket.once('unexpected-response', async (_request, response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      reject(new Error(`refused with ${response.statusCode}`, { cause: JSON.parse(text) }))
    })
  })
}

/** A listening application with keys, and seats in its rooms by token. */
export async function openClassroom(options: Parameters<typeof openApp>[0] = {}) {
  const api = await openApp({ apiKeys: ['a-key-of-the-test'], ...options })
  const address = (await api.listen()).replace('http', 'ws')
  const seats: Seat[] = []
  return {
    api,
    address,
    async seat(
      identity: string,
      role: 'host' | 'participant' | 'viewer' | 'recorder' = 'participant',
      query = '',
    ): Promise<Seat> {
      const token = api.tokens.mint({ room: 'class-42', role, identity, ttlSec: 60 })
      const seat = await sitDown(`${address}/v1/rooms/class-42/signals${query}`, { protocols: ['panorec.v1', token] })
      seats.push(seat)
      return seat
    },
    async [Symbol.asyncDispose]() {
      for (const seat of seats) await seat[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}
