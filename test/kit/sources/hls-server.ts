import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { Child } from '../service/child.ts'
import {
  buildLiveArguments,
  countSegments,
  type EncoderStart,
  type LiveEncoding,
  type LiveMedia,
  PLAYLIST_NAME,
  readPlaylist,
  waitForPlaylist,
} from './encoder.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
}
/** Not a sync byte (0x47) anywhere, so no demuxer can find a packet in it. */
const GARBAGE = Buffer.alloc(50_000, 0x55)

/** What the server does wrong, and with what. `hang` accepts and never answers; lifting the fault cuts what hangs. */
export type HlsFault =
  | { readonly kind: 'hang'; readonly on?: 'all' | 'segments' }
  | { readonly kind: 'reset'; readonly on?: 'all' | 'segments' }
  | { readonly kind: 'status'; readonly status: number; readonly on?: 'all' | 'segments' }
  | { readonly kind: 'garbage'; readonly on: 'segments' }

interface HlsServerOptions extends LiveMedia, Partial<LiveEncoding> {}

/**
 * A live HLS source on loopback: FFmpeg writes a rolling playlist, a small HTTP server answers for it, and both can be
 * made to fail. Faults of the server: `setFault`. Faults of the encoder: `freeze`, `thaw`, `kill`, `finish`, `restart`.
 */
export class HlsServer implements AsyncDisposable {
  readonly dir: string
  readonly #media: LiveMedia
  readonly #live: LiveEncoding
  readonly #server: Server
  readonly #held = new Set<ServerResponse>()
  #fault: HlsFault | null = null
  #encoder: Child
  #startedAt = performance.now()

  private constructor(dir: string, options: HlsServerOptions) {
    this.dir = dir
    this.#media = options
    this.#live = { segmentSec: 1, listSize: 6, format: 'ts', ...options }
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#encoder = this.#spawn('fresh', options.fromSec ?? 0)
  }

  /** The encoder runs and the port listens when it resolves; `ready` waits for segments. */
  static async start(options: HlsServerOptions = {}): Promise<HlsServer> {
    const server = new HlsServer(await mkdtemp(join(tmpdir(), 'panorec-kit-hls-')), options)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${PLAYLIST_NAME}`
  }

  /** Waits until the playlist names this many segments: with 3 a player starts at once. */
  async ready(segments = 3): Promise<this> {
    await waitForPlaylist(this.dir, this.#encoder, (text) => countSegments(text) >= segments)
    return this
  }

  /** Null heals the server. */
  setFault(fault: HlsFault | null): void {
    this.#fault = fault
    if (fault) return
    for (const response of this.#held) response.destroy()
    this.#held.clear()
  }

  /** The encoder hangs: the playlist stands still. After `thaw` it catches up with the wall clock. */
  freeze(): void {
    this.#encoder.process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#encoder.process.kill('SIGCONT')
  }

  /** The encoder crashes: the playlist stays as it is, without ENDLIST. */
  async kill(): Promise<void> {
    await this.#encoder.end('SIGKILL')
  }

  /** The encoder ends in order: the playlist gets ENDLIST. */
  async finish(): Promise<void> {
    await this.#encoder.end('SIGTERM')
  }

  /** A new encoder; a clip goes on where it would be now had nothing happened. Resolves at its first segment. */
  async restart(start: EncoderStart): Promise<void> {
    await this.kill()
    const old = await readPlaylist(this.dir)
    const elapsedSec = Math.round((performance.now() - this.#startedAt) / 1000)
    this.#encoder = this.#spawn(start, (this.#media.fromSec ?? 0) + elapsedSec)
    await waitForPlaylist(this.dir, this.#encoder, (text) => text !== old && countSegments(text) > 0)
  }

  #spawn(start: EncoderStart, fromSec: number): Child {
    return new Child('ffmpeg', buildLiveArguments(this.dir, start, { ...this.#media, fromSec }, this.#live))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cache-control', 'no-store')
    response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
    const fault = this.#fault?.on === 'segments' && name === PLAYLIST_NAME ? null : this.#fault
    if (fault) this.#fail(fault, request, response)
    else this.#serve(name, response)
  }

  #serve(name: string, response: ServerResponse): void {
    readFile(join(this.dir, name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  }

  #fail(fault: HlsFault, request: IncomingMessage, response: ServerResponse): void {
    if (fault.kind === 'hang') this.#held.add(response)
    else if (fault.kind === 'reset') request.socket.destroy()
    else if (fault.kind === 'garbage') response.end(GARBAGE)
    else response.writeHead(fault.status).end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.setFault(null)
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#encoder[Symbol.asyncDispose]()
    await rm(this.dir, { recursive: true, force: true })
  }
}
