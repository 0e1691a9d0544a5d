import { readFile, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type WebSocket, WebSocketServer } from 'ws'
import { AppError, CONTROL_PATH, PACKETS_PATH } from '../../protocol/index.ts'

export interface PageServerOptions {
  /** The built recorder page; without it `dist/recorder-page` of this package. */
  readonly pageDir: string | undefined
  /** Random per take; whoever knows it is the page. */
  readonly secret: string
  readonly onControl: (socket: WebSocket) => void
  readonly onPackets: (socket: WebSocket) => void
}

/** Serves the recorder page and its two WebSockets to this machine only. */
export interface PageServer extends AsyncDisposable {
  /** The page's URL; the secret is in its fragment, which no request carries. */
  readonly url: string
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}
/** The largest message is a key frame of a 4K picture at the highest bit rate, with room to spare. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const pageDir = options.pageDir ?? fileURLToPath(new URL('../../../dist/recorder-page', import.meta.url))
  await assertBuilt(pageDir)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(options.secret) ? options.secret : false),
  })
  const server = createServer((request, response) => void serveFile({ pageDir, origin, request, response }))
  server.on('upgrade', (request, socket, head) => {
    const accept = acceptorOf({ request, options, origin })
    if (accept === undefined) return refuse(socket)
    sockets.handleUpgrade(request, socket, head, accept)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${origin}/#${options.secret}`,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function assertBuilt(pageDir: string): Promise<void> {
  const found = await stat(join(pageDir, 'index.html')).catch(() => undefined)
  if (found?.isFile()) return
  throw new AppError('page.failed', `There is no recorder page in \`${pageDir}\`; build it with \`npm run build\``)
}

function acceptorOf(upgrade: { request: IncomingMessage; options: PageServerOptions; origin: string }) {
  const { request, options, origin } = upgrade
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  if (request.headers.origin !== origin || !isOwnHost(request, origin) || !offered.includes(options.secret))
    return undefined
  if (request.url === CONTROL_PATH) return options.onControl
  if (request.url === PACKETS_PATH) return options.onPackets
  return undefined
}

/** A page elsewhere that rebinds its name to 127.0.0.1 sends its own name as Host. */
function isOwnHost(request: IncomingMessage, origin: string): boolean {
  return `http://${request.headers.host}` === origin
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

async function serveFile(call: {
  pageDir: string
  origin: string
  request: IncomingMessage
  response: ServerResponse
}): Promise<void> {
  const { pageDir, origin, request, response } = call
  const path = new URL(request.url ?? '/', origin).pathname
  const file = join(pageDir, normalize(path.endsWith('/') ? `${path}index.html` : path))
  const known = request.method === 'GET' && isOwnHost(request, origin) && file.startsWith(pageDir)
  const body = known ? await readFile(file).catch(() => undefined) : undefined
  if (body === undefined) {
    response.writeHead(404).end()
    return
  }
  const type = MIME_TYPES[extname(file)] ?? 'application/octet-stream'
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.end(body)
}
