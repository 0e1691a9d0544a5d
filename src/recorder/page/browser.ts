import { readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'puppeteer'
import { killProcessTree } from '../../machine/index.ts'
import { AppError } from '../../protocol/app-error.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { within } from '../../timing/index.ts'
import { findChrome } from './chrome-path.ts'
import { type ChromeProcess, spawnChrome } from './spawn-chrome.ts'

interface RecorderBrowserOptions {
  readonly chromePath: string | undefined
  /** Chrome's own folder, which the caller removes. */
  readonly profileDir: string
  /** The log of whoever has the browser now. */
  readonly logger: () => LogPort
  /** Called when Chrome or the page is gone though nobody asked for it. */
  readonly onGone: (error: AppError) => void
}

/** A headless Chrome with one page. Disposing it ends every process of it, hung ones too. */
export interface RecorderBrowser extends AsyncDisposable {
  readonly pid: number
  open(url: string): Promise<void>
  /** True when the page answers, false when it is gone; it takes as long as the page does. */
  answers(): Promise<boolean>
}

const CLOSE_TIMEOUT_MS = 1_000
const LAUNCH_TIMEOUT_MS = 30_000

/**
 * Launches Chrome with its sandbox wherever user and host let it. Errors: `chrome.not-found`, `chrome.launch-failed` after 30 s at
 * the latest.
 */
export async function launchBrowser(options: RecorderBrowserOptions): Promise<RecorderBrowser> {
  const executablePath = await findChrome(options.chromePath)
  const { chrome, browser } = await launchSandboxed(executablePath, options)
  let closing = false
  const gone = (code: 'chrome.crashed' | 'page.crashed', message: string): void => {
    if (!closing) options.onGone(new AppError(code, message))
  }
  browser.once('disconnected', () => gone('chrome.crashed', 'Chrome ended or closed its connection'))
  let page: Page | undefined
  return {
    pid: chrome.pid,
    async open(url) {
      page = (await browser.pages())[0] ?? (await browser.newPage())
      page.on('error', () => gone('page.crashed', 'The process of the recorder page crashed'))
      page.on('pageerror', (error) => options.logger().error({ err: error }, 'an error was not caught in the page'))
      page.on('console', (line) => options.logger().debug({ level: line.type() }, `page: ${line.text()}`))
      page.once('close', () => gone('page.crashed', 'The recorder page was closed'))
      await page.goto(url, { waitUntil: 'domcontentloaded' })
    },
    async answers() {
      return (await page?.evaluate('true').catch(() => false)) === true
    },
    async [Symbol.asyncDispose]() {
      closing = true
      const socketFolder = await findSocketFolder(options.profileDir)
      await closeOrKill(browser, chrome)
      if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true })
    },
  }
}

interface Launched {
  readonly chrome: ChromeProcess
  readonly browser: Browser
}

/** Launches Chrome without its sandbox where root or the host forbids it, and logs that. */
async function launchSandboxed(executablePath: string, options: RecorderBrowserOptions): Promise<Launched> {
  const { profileDir, logger } = options
  if (process.getuid?.() === 0) {
    logger().debug({}, 'running as root: Chrome runs without its sandbox')
    return await launch(executablePath, { profileDir, hasSandbox: false })
  }
  try {
    return await launch(executablePath, { profileDir, hasSandbox: true })
  } catch (error) {
    logger().warn({ err: error }, 'Chrome did not start with its sandbox; trying without')
    return await launch(executablePath, { profileDir, hasSandbox: false })
  }
}

async function launch(executablePath: string, options: Parameters<typeof spawnChrome>[1]): Promise<Launched> {
  const failed = (cause: unknown) =>
    new AppError('chrome.launch-failed', `Chrome did not start: ${executablePath}`, { cause })
  const chrome = await spawnChrome(executablePath, options).catch((cause: unknown) => {
    throw failed(cause)
  })
  const died = chrome.exited.then((said) => {
    throw new Error(`Chrome ended at once: ${said}`)
  })
  try {
    const browser = await within(LAUNCH_TIMEOUT_MS, Promise.race([connect(chrome), died]), () => {
      throw new Error(`Chrome did not answer within ${LAUNCH_TIMEOUT_MS / 1000} s`)
    })
    return { chrome, browser }
  } catch (cause) {
    kill(chrome)
    throw failed(cause)
  }
}

/** Puppeteer is loaded while Chrome starts. Resolves when Chrome has its empty page. */
async function connect({ pipe }: ChromeProcess): Promise<Browser> {
  const { default: puppeteer } = await import('puppeteer')
  const browser = await puppeteer.connect({
    transport: pipe,
    defaultViewport: null,
    // Chrome would keep what each request brought for whoever asks: the page grew by 370 MB an hour with two sources.
    networkEnabled: false,
  })
  await browser.waitForTarget((target) => target.type() === 'page', { timeout: LAUNCH_TIMEOUT_MS })
  return browser
}

/** Chrome keeps its singleton socket in a folder of its own under the temporary folder, and links to it. */
async function findSocketFolder(profileDir: string): Promise<string | undefined> {
  const socket = await readlink(join(profileDir, 'SingletonSocket')).catch(() => undefined)
  if (socket === undefined) return undefined
  const folder = dirname(socket)
  return dirname(folder) === tmpdir() && folder.includes('Chrom') ? folder : undefined
}

async function closeOrKill(browser: Browser, chrome: ChromeProcess): Promise<void> {
  const closed = browser.close().then(() => chrome.exited)
  await within(CLOSE_TIMEOUT_MS, closed, () => undefined).catch(() => undefined)
  kill(chrome)
}

/** The tree is known where there is a /proc; the process itself everywhere. */
function kill(chrome: ChromeProcess): void {
  killProcessTree(chrome.pid)
  chrome.kill()
}
