import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'puppeteer'
import { build } from 'vite'
import type { SteerChange } from '../../recorder-page/sources/index.ts'
import type { SourcePlayer } from '../../src/protocol/page-link.ts'
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

/** What can be seen of a decoded source besides: everything that comes out of its decoders. */
interface DecodedView extends Omit<SourceView, 'frames' | 'counters'> {
  /** `lateMs`: how long after its time a frame came out; early ones are negative. */
  readonly frames: readonly { atMs: number; count: number; mediaSec: number; width: number; lateMs: number }[]
  readonly counters: readonly { readonly atMs: number; readonly counter: number; readonly mediaSec: number }[]
  /** Frames whose counter could not be read. */
  readonly unread: number
  /** Media times of the flashes, and of the onsets of the beeps. */
  readonly flashes: readonly number[]
  readonly beeps: readonly number[]
  readonly unsupported: readonly string[]
}

/**
 * One of the sources in the page. All share one page in front, as in a recording: Chrome neglects a page behind.
 * Disposing it disposes the source; it can be viewed afterwards.
 */
export interface OpenedSource<View extends SourceView = SourceView> extends AsyncDisposable {
  view(): Promise<View>
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
      worker: { format: 'es' },
    })
    const files = await FileServer.start(folder)
    const browser = await launchChrome()
    const page = await browser.newPage()
    await page.goto(files.url('index.html'))
    await page.waitForFunction('typeof look === "function"')
    return new SourceHarness(folder, files, browser, page)
  }

  async open(
    spec: SourceSpec,
    { player = 'elements', ...options }: { readonly pattern?: number; readonly player?: SourcePlayer } = {},
  ): Promise<OpenedSource> {
    if (player === 'decoders') return await this.decode(spec, options)
    await this.#page.evaluate(`open(${JSON.stringify(spec)}, ${JSON.stringify(options)})`)
    return new PageHandle(this.#page, spec.id)
  }

  /** Opens a source that the decoders of a worker play. */
  async decode(spec: SourceSpec, options: DecodeOptions = {}): Promise<DecodedHandle> {
    const handle = new DecodedHandle(this.#page, spec.id)
    await handle.ask('open', { spec, options })
    return handle
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

abstract class Handle<View extends SourceView> implements OpenedSource<View> {
  abstract view(): Promise<View>
  abstract [Symbol.asyncDispose](): Promise<void>

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
}

class PageHandle extends Handle<SourceView> {
  readonly #page: Page
  readonly #id: string

  constructor(page: Page, id: string) {
    super()
    this.#page = page
    this.#id = id
  }

  async view(): Promise<SourceView> {
    return (await this.#page.evaluate(`look(${JSON.stringify(this.#id)})`)) as SourceView
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.evaluate(`close(${JSON.stringify(this.#id)})`)
  }
}

interface DecodeOptions {
  readonly pattern?: number
  readonly tile?: { readonly width: number; readonly height: number }
}

class DecodedHandle extends Handle<DecodedView> {
  readonly #page: Page
  readonly #id: string

  constructor(page: Page, id: string) {
    super()
    this.#page = page
    this.#id = id
  }

  async ask(name: string, rest: object): Promise<unknown> {
    return await this.#page.evaluate(`askDecoders(${JSON.stringify(name)}, ${JSON.stringify(rest)})`)
  }

  async view(): Promise<DecodedView> {
    return (await this.ask('look', { id: this.#id })) as DecodedView
  }

  /** How large it is drawn; without a size it is hidden. */
  async setTileSize(size?: DecodeOptions['tile']): Promise<void> {
    await this.ask('tile', { id: this.#id, size })
  }

  async steer(change: SteerChange): Promise<void> {
    await this.ask('steer', { id: this.#id, change })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask('close', { id: this.#id })
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
