import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'puppeteer'
import { build } from 'vite'
import type { SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import { FileServer } from '../kit/sources/file-server.ts'
import { launchChrome } from '../kit/watch/chrome.ts'

const POLL_MS = 50

interface StateChange {
  readonly atMs: number
  readonly state: SourceState
  readonly code: string | null
  readonly message: string | null
}

/** Everything that a source in the page said and showed since it was opened; times are epoch milliseconds. */
export interface SourceView {
  /** When it was looked at. */
  readonly lookedMs: number
  readonly state: SourceState
  readonly states: readonly StateChange[]
  readonly streams: readonly (readonly string[] | null)[]
  readonly logs: readonly {
    readonly atMs: number
    readonly level: string
    readonly message: string
    readonly details?: Record<string, unknown>
  }[]
  readonly frames: readonly { readonly atMs: number; readonly count: number; readonly mediaSec: number }[]
  /** Frame counters of the pattern, read a few times a second; repeats of one are left out. */
  readonly counters: readonly { readonly atMs: number; readonly counter: number }[]
  readonly width: number
  readonly muted: boolean
  readonly hasMedia: boolean
  readonly attached: boolean
}

/**
 * One of the sources in the page. All share one page in front, as in a recording: Chrome neglects a page behind.
 * Disposing it disposes the source; it can be viewed afterwards.
 */
export interface OpenedSource extends AsyncDisposable {
  view(): Promise<SourceView>
  /** Waits for a state that is entered, or still held, after `sinceMs`; fails with all that was said. */
  waitFor(state: SourceState, options: { readonly withinMs: number; readonly sinceMs?: number }): Promise<StateChange>
}

/** A Chrome with the page sources built by Vite as the recorder page has them. */
export class SourceHarness implements AsyncDisposable {
  readonly #folder: string
  readonly #files: FileServer
  readonly #browser: Browser
  readonly #page: Page

  private constructor(folder: string, files: FileServer, browser: Browser, page: Page) {
    this.#folder = folder
    this.#files = files
    this.#browser = browser
    this.#page = page
  }

  static async start(): Promise<SourceHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'panorec-test-sources-'))
    await build({
      root: join(import.meta.dirname, 'harness'),
      configFile: false,
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: false, minify: false, target: 'esnext' },
    })
    const files = await FileServer.start(folder)
    const browser = await launchChrome()
    const page = await browser.newPage()
    await page.goto(files.url('index.html'))
    await page.waitForFunction('typeof look === "function"')
    return new SourceHarness(folder, files, browser, page)
  }

  async open(spec: SourceSpec, options: { readonly pattern?: number } = {}): Promise<OpenedSource> {
    await this.#page.evaluate(`open(${JSON.stringify(spec)}, ${JSON.stringify(options)})`)
    return new PageHandle(this.#page, spec.id)
  }

  /** The offer of a WebRTC sender in the page, as a WHEP server would make one that does not take offers. */
  async offerPicture(): Promise<string> {
    return (await this.#page.evaluate('offerPicture()')) as string
  }

  async acceptAnswer(sdp: string): Promise<void> {
    await this.#page.evaluate(`acceptAnswer(${JSON.stringify(sdp)})`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await this.#files[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

class PageHandle implements OpenedSource {
  readonly #page: Page
  readonly #id: string

  constructor(page: Page, id: string) {
    this.#page = page
    this.#id = id
  }

  async view(): Promise<SourceView> {
    return (await this.#page.evaluate(`look(${JSON.stringify(this.#id)})`)) as SourceView
  }

  async waitFor(
    state: SourceState,
    { withinMs, sinceMs = 0 }: { withinMs: number; sinceMs?: number },
  ): Promise<StateChange> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const view = await this.view()
      const last = view.states.at(-1)
      const found = view.states.find((change) => change.state === state && change.atMs >= sinceMs)
      if (found) return found
      if (last?.state === state) return last
      if (Date.now() > deadline) throw new Error(`not ${state} within ${withinMs} ms: ${tell(view)}`)
      await sleep(POLL_MS)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.evaluate(`close(${JSON.stringify(this.#id)})`)
  }
}

/** The longest time between two new pictures from `sinceMs` on, or since the newest one. */
export function longestPauseMs({ frames, lookedMs }: SourceView, sinceMs: number): number {
  const times = [...frames.map(({ atMs }) => atMs).filter((atMs) => atMs >= sinceMs), lookedMs]
  return Math.max(...times.map((atMs, i) => atMs - (times[i - 1] ?? atMs)))
}

/** What a source said, in the order of time, for the message of a failed assertion. */
export function tell(view: SourceView): string {
  const lines = [
    ...view.states.map(({ atMs, state, code }) => ({ atMs, text: `${state} ${code ?? ''}` })),
    ...view.logs.map(({ atMs, message, details }) => ({ atMs, text: `${message} ${JSON.stringify(details)}` })),
  ]
  const newest = view.frames.at(-1)
  return lines
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `\n  ${new Date(atMs).toISOString().slice(14, 23)} ${text}`)
    .concat(
      newest
        ? `\n  newest picture ${new Date(newest.atMs).toISOString().slice(14, 23)} #${newest.count}`
        : '\n  no picture',
    )
    .join('')
}
