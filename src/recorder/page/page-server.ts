import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import sirv from 'sirv'
import { type WebSocket, WebSocketServer } from 'ws'
import { AppError } from '../../protocol/app-error.ts'
import { CONTROL_PATH, PACKETS_PATH } from '../../protocol/page-link.ts'

interface PageServerOptions {
  /** The folder of the bundled recorder page. */
  readonly pageDir: string
  /** The take's random secret: whoever knows it is the page. */
  readonly secret: string
  readonly onControl: (socket: WebSocket) => void
  readonly onPackets: (socket: WebSocket) => void
}

/** Serves the recorder page and accepts its two WebSockets, on the loopback address only. */
export interface PageServer extends AsyncDisposable {
  /** The page's URL; the secret is in its fragment, which no request carries. */
  readonly url: string
}

/** The page is text in UTF-8, which its types say. */
const TEXT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
/** The largest message is a key frame of a 4K picture at the highest bit rate, with room to spare. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  await assertBuilt(options.pageDir)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(options.secret) ? options.secret : false),
  })
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', serveFiles(options.pageDir, origin))
  server.on('upgrade', (request, socket, head) => {
    const accept = acceptorOf({ request, options, origin })
    if (accept === undefined) return refuse(socket)
    sockets.handleUpgrade(request, socket, head, accept)
  })
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

/** False for DNS rebinding: a page elsewhere that points its name at 127.0.0.1 sends that name as Host. */
function isOwnHost(request: IncomingMessage, origin: string): boolean {
  return `http://${request.headers.host}` === origin
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

/** Serves the files of the page to the page itself; anybody else, and any other method, finds nothing. */
function serveFiles(pageDir: string, origin: string): (request: IncomingMessage, response: ServerResponse) => void {
  // Files are looked up with each request: a page that is built anew meanwhile is served as it is then.
  const files = sirv(pageDir, { dev: true, extensions: ['html'], setHeaders: describeFile })
  return (request, response) => {
    if (request.method === 'GET' && isOwnHost(request, origin)) files(request, response)
    else response.writeHead(404).end()
  }
}

function describeFile(response: ServerResponse, path: string): void {
  const type = TEXT_TYPES[path.endsWith('/') ? '.html' : extname(path)]
  if (type !== undefined) response.setHeader('content-type', type)
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
}
