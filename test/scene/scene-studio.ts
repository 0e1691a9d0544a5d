import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer'
import { build } from 'vite'
import type { CompareRequest, Comparison } from './page/compare-messages.ts'
import type { SceneAnswer, SceneRequest } from './page/messages.ts'

const PAGE_DIR = fileURLToPath(new URL('./page', import.meta.url))
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** The scene in a worker of a real Chrome, started as the recorder starts it. */
export class SceneStudio implements AsyncDisposable {
  readonly #folder: string
  readonly #server: Server
  readonly #browser: Browser
  readonly #page: Page

  private constructor(folder: string, server: Server, browser: Browser, page: Page) {
    this.#folder = folder
    this.#server = server
    this.#browser = browser
    this.#page = page
  }

  static async open(): Promise<SceneStudio> {
    const folder = await mkdtemp(join(tmpdir(), 'panorec-scene-'))
    await build({ root: PAGE_DIR, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true, minify: false } })
    const server = await serveFolder(folder)
    const root = process.getuid?.() === 0
    const browser = await puppeteer.launch({
      executablePath: process.env.PANOREC_CHROME_PATH ?? '/usr/bin/chromium',
      args: ['--disable-gpu', ...(root ? ['--no-sandbox'] : [])],
    })
    const page = await browser.newPage()
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await page.goto(`http://127.0.0.1:${port}/index.html`)
    return new SceneStudio(folder, server, browser, page)
  }

  render(request: SceneRequest): Promise<SceneAnswer> {
    return this.#call('render', request)
  }

  /** The moments by both compositors. */
  compare(request: CompareRequest): Promise<readonly Comparison[]> {
    return this.#call('compare', request)
  }

  glyphs(text: string): Promise<{ readonly width: number; readonly ink: string }> {
    return this.#call('glyphs', text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #call<T>(call: string, argument: unknown): Promise<T> {
    return (await this.#page.evaluate(
      (name, value) =>
        (globalThis as unknown as { callWorker(n: string, v: unknown): Promise<unknown> }).callWorker(name, value),
      call,
      argument,
    )) as T
  }
}

async function serveFolder(folder: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    try {
      const body = await readFile(join(folder, path))
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
