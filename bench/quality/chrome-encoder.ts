import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'puppeteer'
import { build } from 'vite'
import { launchChrome } from '../../test/kit/index.ts'
import type { EncodeRequest } from './messages.ts'

const PAGE_DIR = fileURLToPath(new URL('./page', import.meta.url))
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

/** The encoder of the recorder's page, in a Chrome of its own. */
export interface ChromeEncoder extends AsyncDisposable {
  /** Encodes a file of raw pictures in the folder to another one, as a byte stream. */
  encode(from: string, to: string, request: Omit<EncodeRequest, 'url'>): Promise<void>
}

/** `folder` holds the raw pictures, and gets what was encoded. */
export async function openChromeEncoder(folder: string): Promise<ChromeEncoder> {
  await using undo = new AsyncDisposableStack()
  const built = join(folder, 'page')
  await build({ root: PAGE_DIR, logLevel: 'warn', build: { outDir: built, emptyOutDir: true, minify: false } })
  const server = createServer((request, response) => {
    answer({ folder, built }, request, response).catch(() => response.writeHead(404).end())
  }).listen(0, '127.0.0.1')
  undo.defer(() => closeServer(server))
  await once(server, 'listening')
  const browser = undo.use(await launchChrome())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${portOf(server)}/page/index.html`)
  const resources = undo.move()
  return {
    encode: (from, to, request) => encodeTo(page, { ...request, url: `/${from}` }, `/${to}`),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function encodeTo(page: Page, request: EncodeRequest, target: string): Promise<void> {
  await page.evaluate(
    (given, to) =>
      (globalThis as unknown as { encodeTo(g: EncodeRequest, t: string): Promise<void> }).encodeTo(given, to),
    request,
    target,
  )
}

async function answer(
  { folder, built }: { readonly folder: string; readonly built: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  if (request.method === 'PUT') {
    await pipeline(request, createWriteStream(join(folder, path)))
    response.end()
  } else if (path.startsWith('/page/')) {
    const body = await readFile(join(built, path.slice('/page/'.length)))
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body)
  } else await pipeline(createReadStream(join(folder, path)), response)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await server[Symbol.asyncDispose]()
}
