import { readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer'
import { killProcessTree } from '../../machine/index.ts'
import { AppError } from '../../protocol/index.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { within } from '../../timing/index.ts'
import { findChrome } from './chrome-path.ts'

interface RecorderBrowserOptions {
  readonly chromePath: string | undefined
  /** Chrome's own folder, which the caller removes. */
  readonly profileDir: string
  readonly size: { readonly width: number; readonly height: number }
  readonly logger: LogPort
  /** Called when Chrome or the page is gone though nobody asked for it. */
  readonly onGone: (error: AppError) => void
}

/** A headless Chrome with one page. Disposing it ends every process of it, hung ones too. */
export interface RecorderBrowser extends AsyncDisposable {
  readonly pid: number
  open(url: string): Promise<void>
}

const CLOSE_TIMEOUT_MS = 1_000
const LAUNCH_TIMEOUT_MS = 30_000
const FLAGS = [
  '--autoplay-policy=no-user-gesture-required',
  '--disable-gpu',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]

/**
 * Launches Chrome with its sandbox wherever user and host let it. Errors: `chrome.not-found`, `chrome.launch-failed` after 30 s at
 * the latest.
 */
export async function launchBrowser(options: RecorderBrowserOptions): Promise<RecorderBrowser> {
  const executablePath = await findChrome(options.chromePath)
  const browser = await launchSandboxed(executablePath, options)
  const pid = browser.process()?.pid
  if (pid === undefined) throw new AppError('chrome.launch-failed', 'Chrome started without a process id')
  let closing = false
  const gone = (code: 'chrome.crashed' | 'page.crashed', message: string): void => {
    if (!closing) options.onGone(new AppError(code, message))
  }
  browser.once('disconnected', () => gone('chrome.crashed', 'Chrome ended or closed its connection'))
  return {
    pid,
    async open(url) {
      const page = (await browser.pages())[0] ?? (await browser.newPage())
      page.on('error', () => gone('page.crashed', 'The process of the recorder page crashed'))
      page.on('pageerror', (error) => options.logger.error({ err: error }, 'an error was not caught in the page'))
      page.on('console', (line) => options.logger.debug({ level: line.type() }, `page: ${line.text()}`))
      page.once('close', () => gone('page.crashed', 'The recorder page was closed'))
      await page.goto(url, { waitUntil: 'domcontentloaded' })
    },
    async [Symbol.asyncDispose]() {
      closing = true
      const socketFolder = await findSocketFolder(options.profileDir)
      await closeOrKill(browser, pid)
      if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true })
    },
  }
}

/** Launches Chrome without its sandbox where root or the host forbids it, and logs that. */
async function launchSandboxed(executablePath: string, options: RecorderBrowserOptions): Promise<Browser> {
  if (process.getuid?.() === 0) {
    options.logger.debug({}, 'running as root: Chrome runs without its sandbox')
    return launch(executablePath, options, ['--no-sandbox'])
  }
  try {
    return await launch(executablePath, options, [])
  } catch (error) {
    options.logger.warn({ err: error }, 'Chrome did not start with its sandbox; trying without')
    return launch(executablePath, options, ['--no-sandbox'])
  }
}

async function launch(
  executablePath: string,
  options: RecorderBrowserOptions,
  extra: readonly string[],
): Promise<Browser> {
  const { width, height } = options.size
  try {
    return await puppeteer.launch({
      executablePath,
      headless: true,
      pipe: true,
      // Chrome would keep what each request brought for whoever asks: the page grew by 370 MB an hour with two sources.
      networkEnabled: false,
      userDataDir: options.profileDir,
      defaultViewport: { width, height },
      args: [...FLAGS, `--window-size=${width},${height}`, ...extra],
      ignoreDefaultArgs: ['--mute-audio'],
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: LAUNCH_TIMEOUT_MS,
    })
  } catch (error) {
    throw new AppError('chrome.launch-failed', `Chrome did not start: ${executablePath}`, { cause: error })
  }
}

/** Chrome keeps its singleton socket in a folder of its own under the temporary folder, and links to it. */
async function findSocketFolder(profileDir: string): Promise<string | undefined> {
  const socket = await readlink(join(profileDir, 'SingletonSocket')).catch(() => undefined)
  if (socket === undefined) return undefined
  const folder = dirname(socket)
  return dirname(folder) === tmpdir() && folder.includes('Chrom') ? folder : undefined
}

async function closeOrKill(browser: Browser, pid: number): Promise<void> {
  const closed = browser.close().catch(() => undefined)
  await within(CLOSE_TIMEOUT_MS, closed, () => undefined)
  killProcessTree(pid)
}
