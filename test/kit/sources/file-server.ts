import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
  '.mp4': 'video/mp4',
  '.html': 'text/html',
  '.js': 'text/javascript',
}

/** Serves the files of a folder on loopback, with byte ranges (RFC 9110 §14) so that Chrome can loop a video. */
export class FileServer implements AsyncDisposable {
  readonly #server: Server

  private constructor(folder: string) {
    this.#server = createServer((request, response) => {
      answer(folder, request, response).catch(() => response.writeHead(404).end())
    })
  }

  static async start(folder: string): Promise<FileServer> {
    const server = new FileServer(folder)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = join(folder, normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)))
  const { size } = await stat(path)
  const [, first = '0', last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = Number(first)
  const end = Math.min(last ? Number(last) : size - 1, size - 1)
  response.writeHead(request.headers.range ? 206 : 200, {
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-length': end - start + 1,
    ...(request.headers.range && { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  createReadStream(path, { start, end })
    .on('error', () => response.destroy())
    .pipe(response)
}
