import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What the way to a server does wrong. `refuse` resets every connection; `hang` lets nothing pass and loses nothing; `slow`
 * passes so many bytes a second each way; `half` takes the whole request and breaks off the answer after so many bytes; `silent`
 * takes every request and answers none, on its connection not even when it is healed.
 */
export type ProxyFault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly bytesPerSec: number }
  | { readonly kind: 'half'; readonly answerBytes: number }
  | { readonly kind: 'silent' }

interface FaultyProxyOptions {
  readonly host: string
  readonly port: number
  /** Where it listens; loopback when it is left out. */
  readonly listen?: string
}

/** How often a connection that hangs looks whether it may go on. */
const HANG_POLL_MS = 50
/** A slow connection passes pieces of this part of a second. */
const SLOW_PIECE_SEC = 0.1

/** Passes TCP on to a real server, and can be made to fail like the network or a server between. */
export class FaultyProxy implements AsyncDisposable {
  readonly #options: FaultyProxyOptions
  readonly #server: Server
  readonly #open = new Set<Socket>()
  #fault: ProxyFault | null = null
  #closed = false

  private constructor(options: FaultyProxyOptions) {
    this.#options = options
    this.#server = createServer((client) => this.#accept(client))
  }

  static async start(options: FaultyProxyOptions): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(options)
    proxy.#server.listen(0, options.listen ?? '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen')
    return address.port
  }

  /** The same URL, over this proxy. */
  over(url: string): string {
    const through = new URL(url)
    through.host = `${this.#options.listen ?? '127.0.0.1'}:${this.port}`
    return through.href
  }

  /** Null heals it. What hangs goes on; what was broken off stays so. */
  setFault(fault: ProxyFault | null): void {
    this.#fault = fault
    if (fault?.kind === 'refuse') this.#cutAll()
  }

  #accept(client: Socket): void {
    if (this.#fault?.kind === 'refuse') {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const server = connect(this.#options.port, this.#options.host)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(socket)
      socket.on('error', () => other.destroy())
      socket.once('close', () => this.#open.delete(socket))
    }
    void this.#pump(client, server, 'request')
    void this.#pump(server, client, 'answer')
  }

  async #pump(from: Socket, to: Socket, way: 'request' | 'answer'): Promise<void> {
    let passed = 0
    let isSilent = false
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        while (this.#fault?.kind === 'hang' && !this.#closed) await sleep(HANG_POLL_MS)
        const fault = this.#fault
        isSilent ||= fault?.kind === 'silent' && way === 'answer'
        if (isSilent) continue
        if (fault?.kind === 'half' && way === 'answer') {
          const rest = Math.max(0, fault.answerBytes - passed)
          to.write(chunk.subarray(0, rest))
          if (chunk.length > rest) return void to.destroySoon()
          passed += chunk.length
        } else if (fault?.kind === 'slow') await trickle(chunk, to, fault.bytesPerSec)
        else if (!to.write(chunk)) await once(to, 'drain')
      }
      to.end()
    } catch {
      // One side is gone, and takes the other along.
      to.destroy()
    }
  }

  #cutAll(): void {
    for (const socket of this.#open) socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#cutAll()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

async function trickle(chunk: Buffer, to: Socket, bytesPerSec: number): Promise<void> {
  const piece = Math.max(1, Math.round(bytesPerSec * SLOW_PIECE_SEC))
  for (let at = 0; at < chunk.length && !to.destroyed; at += piece) {
    to.write(chunk.subarray(at, at + piece))
    await sleep(SLOW_PIECE_SEC * 1000)
  }
}
