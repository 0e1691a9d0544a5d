import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WebSocket } from 'ws'
import { removeTree } from '../../machine/index.ts'
import { AppError, toAppError } from '../../protocol/app-error.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { repeat, within } from '../../timing/index.ts'
import { launchBrowser, type RecorderBrowser } from './browser.ts'
import { type PageServer, startPageServer } from './page-server.ts'

interface OpenPageOptions {
  readonly chromePath: string | undefined
  /** The folder of the bundled recorder page. */
  readonly pageDir: string
  readonly logger: LogPort
}

/** The take that a page belongs to. */
interface PageOwner {
  readonly link: { acceptControl(socket: WebSocket): void; acceptPackets(socket: WebSocket): void }
  readonly logger: LogPort
  /** Called when Chrome or the page is gone though nobody asked for it. */
  readonly onGone: (error: AppError) => void
}

/** A page that runs answers within a millisecond. On a busy machine it may take much longer, but then a new Chrome would take seconds. */
const ANSWER_MS = 1_000
/** One that waits for its take is asked from time to time, and has nothing to make up for. */
const CHECK_EVERY_MS = 15_000
const CHECK_MS = 5_000

/**
 * Chrome with the recorder page, from its launch on. It needs nothing of a request, so it may be opened before there is one; what
 * the page says until then waits for the take. It serves one take. Disposing it ends every process of Chrome. Idempotent.
 */
export class OpenPage implements AsyncDisposable {
  readonly #options: OpenPageOptions
  /** Chrome's own folder. */
  readonly profileDir: Promise<string>
  readonly #server: Promise<PageServer>
  readonly #browser: Promise<RecorderBrowser>
  /** Resolves when the page is loaded. Errors: those of `launchBrowser`, `page.failed`. */
  readonly opened: Promise<void>
  /** Resolves when the page cannot be opened, or is gone though nobody asked for it. */
  readonly lost: Promise<AppError>
  readonly #lost = Promise.withResolvers<AppError>()
  readonly #losses: AppError[] = []
  readonly #early: ((owner: PageOwner) => void)[] = []
  readonly #checks = new DisposableStack()
  #owner: PageOwner | undefined
  #isOpened = false
  #disposal: Promise<void> | undefined

  constructor(options: OpenPageOptions) {
    this.#options = options
    this.lost = this.#lost.promise
    this.profileDir = mkdtemp(join(tmpdir(), 'panorec-chrome-'))
    this.#server = startPageServer({
      pageDir: options.pageDir,
      secret: randomBytes(24).toString('base64url'),
      onControl: (socket) => this.#pass(socket, ({ link }) => link.acceptControl(socket)),
      onPackets: (socket) => this.#pass(socket, ({ link }) => link.acceptPackets(socket)),
    })
    this.#browser = this.#launch()
    this.opened = this.#load()
    this.opened.catch((thrown: unknown) => this.#lose(toAppError(thrown)))
  }

  /** The process id of Chrome. */
  get pid(): Promise<number> {
    return this.#browser.then(({ pid }) => pid)
  }

  /** False when it is lost, or does not answer: then no take can use it. One that is still being opened is usable. */
  async isUsable(): Promise<boolean> {
    if (this.#losses.length > 0) return false
    if (!this.#isOpened) return true
    return await this.#answersWithin(ANSWER_MS)
  }

  /** Gives the page to its one take. */
  belongTo(owner: PageOwner): void {
    this.#owner = owner
    this.#checks.dispose()
    for (const pass of this.#early.splice(0)) pass(owner)
    for (const error of this.#losses) owner.onGone(error)
  }

  /** Nothing is read from a link before somebody listens. */
  #pass(socket: WebSocket, accept: (owner: PageOwner) => void): void {
    if (this.#owner !== undefined) return accept(this.#owner)
    socket.pause()
    this.#early.push((owner) => {
      accept(owner)
      socket.resume()
    })
  }

  async #launch(): Promise<RecorderBrowser> {
    const { chromePath, logger } = this.#options
    return await launchBrowser({
      chromePath,
      profileDir: await this.profileDir,
      logger: () => this.#owner?.logger ?? logger,
      onGone: (error) => this.#lose(error),
    })
  }

  async #load(): Promise<void> {
    const [server, browser] = await Promise.all([this.#server, this.#browser])
    await browser.open(server.url)
    this.#isOpened = true
    if (this.#checks.disposed) return
    this.#checks.use(repeat({ everyMs: CHECK_EVERY_MS, work: () => this.#check(), unref: true }))
  }

  async #check(): Promise<void> {
    if ((await this.#answersWithin(CHECK_MS)) || this.#checks.disposed) return
    this.#lose(new AppError('page.unresponsive', 'The recorder page does not answer while it waits for its take'))
  }

  async #answersWithin(ms: number): Promise<boolean> {
    const browser = await this.#browser
    return await within(ms, browser.answers(), () => false)
  }

  #lose(error: AppError): void {
    this.#losses.push(error)
    this.#lost.resolve(error)
    this.#owner?.onGone(error)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose()
    return this.#disposal
  }

  async #dispose(): Promise<void> {
    this.#checks.dispose()
    const [browser, server, profileDir] = await Promise.allSettled([this.#browser, this.#server, this.profileDir])
    await using profile = new AsyncDisposableStack()
    if (profileDir.status === 'fulfilled') profile.defer(() => removeTree(profileDir.value))
    await using _server = server.status === 'fulfilled' ? server.value : undefined
    await using _browser = browser.status === 'fulfilled' ? browser.value : undefined
  }
}
