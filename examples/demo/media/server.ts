import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
  '.mp4': 'video/mp4',
}
/** An empty page of a secure context (loopback), where Chrome offers WebCodecs. */
const STUDIO_PAGE = '<!doctype html><meta charset="utf-8"><title>Studio</title>'
/** `<file>` or `<stream>/<file>`: nothing outside the folder can be named. */
const PATH = /^\/((?:[a-z0-9-]+\/)?[a-z0-9-]+\.(?:m3u8|ts|mp4))$/

export interface MediaServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string
}

/** Serves the class's streams and slides on a free loopback port, to pages of any origin. */
export async function serveMedia(folder: string): Promise<MediaServer> {
  const server = createServer((request, response) => {
    answer(folder, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${portOf(server)}`, [Symbol.asyncDispose]: () => close(server) }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', 'range')
  response.setHeader('access-control-expose-headers', 'content-length, content-range')
  if (request.method === 'OPTIONS') return void response.writeHead(204).end()
  if (path === '/studio') return void response.setHeader('content-type', 'text/html').end(STUDIO_PAGE)
  const name = PATH.exec(path)?.[1]
  const size = name === undefined ? undefined : await sizeOf(join(folder, name))
  if (name === undefined || size === undefined) return void response.writeHead(404).end()
  await sendFile(join(folder, name), size, request, response)
}

async function sendFile(path: string, size: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream')
  response.setHeader('cache-control', extname(path) === '.m3u8' ? 'no-store' : 'max-age=60')
  response.setHeader('accept-ranges', 'bytes')
  const range = parseRange(request.headers.range, size)
  if (range === 'outside') return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
  const { start, end } = range ?? { start: 0, end: size - 1 }
  if (range !== undefined) response.setHeader('content-range', `bytes ${start}-${end}/${size}`)
  response.writeHead(range === undefined ? 200 : 206, { 'content-length': end - start + 1 })
  if (request.method === 'HEAD' || size === 0) return void response.end()
  await pipeline(createReadStream(path, { start, end }), response)
}

/** One byte range of RFC 9110 §14.1.2; anything else is answered with the whole file. */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'outside' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return undefined
  const suffix = match[1] === ''
  const start = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return start >= size || start > end ? 'outside' : { start, end }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    (file) => (file.isFile() ? file.size : undefined),
    () => undefined,
  )
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The media server has no TCP port.')
  return address.port
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
