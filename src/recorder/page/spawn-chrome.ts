import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { ConnectionTransport } from 'puppeteer'
import { Mailbox, nextTurn } from '../../timing/index.ts'

/** A Chrome that is steered over a pipe, from its first moment on: nobody need be there yet to listen. */
export interface ChromeProcess {
  readonly pid: number
  readonly pipe: ConnectionTransport
  /** Resolves when it has ended, with the end of what it wrote to standard error. */
  readonly exited: Promise<string>
  kill(): void
}

/** What Puppeteer starts its Chromes with (its `defaultArgs`), but for `--mute-audio`: the sound of a muted tab is silence. */
const PUPPETEERS = [
  '--allow-pre-commit-input',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-extensions-with-background-pages',
  '--disable-crash-reporter',
  '--disable-default-apps',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-hang-monitor',
  '--disable-infobars',
  '--disable-ipc-flooding-protection',
  '--disable-popup-blocking',
  '--disable-prompt-on-repost',
  '--disable-renderer-backgrounding',
  '--disable-search-engine-choice-screen',
  '--disable-sync',
  '--enable-automation',
  '--export-tagged-pdf',
  '--force-color-profile=srgb',
  '--generate-pdf-document-outline',
  '--headless=new',
  '--hide-scrollbars',
  '--metrics-recording-only',
  '--no-first-run',
  '--password-store=basic',
  '--use-mock-keychain',
]
/** Those that Puppeteer turns off, and names of machines in place of the addresses of this host in WebRTC. */
const NO_FEATURES = [
  'Translate',
  'AcceptCHFrame',
  'MediaRouter',
  'OptimizationHints',
  'WebUIReloadButton',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'ProcessPerSiteUpToMainFrameThreshold',
  'IsolateSandboxedIframes',
  'WebRtcHideLocalIpsWithMdns',
]
const OWN = [
  '--autoplay-policy=no-user-gesture-required',
  '--disable-gpu',
  '--disable-component-update',
  '--disable-quic',
  '--allow-loopback-in-peer-connection',
]
/** Of the window, in which nothing is drawn: the pictures have a canvas of their own. */
const WINDOW = { width: 320, height: 180 } as const
/** Characters of standard error that a failed launch quotes. */
const QUOTED = 2_000

/** Starts Chrome with an empty page. Rejects with the system's error when it cannot be started. */
export async function spawnChrome(
  executablePath: string,
  { profileDir, hasSandbox }: { readonly profileDir: string; readonly hasSandbox: boolean },
): Promise<ChromeProcess> {
  const args = [
    ...PUPPETEERS,
    ...OWN,
    `--disable-features=${NO_FEATURES.join(',')}`,
    '--enable-features=PdfOopif',
    `--window-size=${WINDOW.width},${WINDOW.height}`,
    `--user-data-dir=${profileDir}`,
    ...(hasSandbox ? [] : ['--no-sandbox']),
    '--remote-debugging-pipe',
    'about:blank',
  ]
  const chrome = spawn(executablePath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] })
  const exited = watchExit(chrome)
  await once(chrome, 'spawn')
  const [, , , input, output] = chrome.stdio
  const pipe = new PipeTransport(input as Writable, output as Readable)
  return { pid: chrome.pid ?? 0, pipe, exited, kill: () => void chrome.kill('SIGKILL') }
}

function watchExit(chrome: ChildProcess): Promise<string> {
  let said = ''
  chrome.stderr?.on('data', (text: Buffer) => {
    said = (said + text).slice(-QUOTED)
  })
  return new Promise((resolve) => {
    chrome.once('exit', () => resolve(said))
    chrome.once('error', (error) => resolve(error.message))
  })
}

/** Messages of the DevTools protocol, each ended by a NUL. */
class PipeTransport implements ConnectionTransport {
  onmessage?: (message: string) => void
  onclose?: () => void
  readonly #input: Writable
  readonly #messages = new Mailbox<string>()
  #rest: Buffer[] = []

  constructor(input: Writable, output: Readable) {
    this.#input = input
    // Chrome's end breaks the pipe, which `onclose` tells.
    input.on('error', () => {})
    output.on('error', () => {})
    output.on('data', (bytes: Buffer) => this.#read(bytes))
    output.on('close', () => this.onclose?.())
    void this.#deliver()
  }

  send(message: string): void {
    this.#input.write(`${message}\0`)
  }

  close(): void {
    this.#input.end()
  }

  #read(bytes: Buffer): void {
    if (!bytes.includes(0)) return void this.#rest.push(bytes)
    const parts = Buffer.concat([...this.#rest.splice(0), bytes])
      .toString('utf8')
      .split('\0')
    const rest = parts.pop() ?? ''
    if (rest !== '') this.#rest.push(Buffer.from(rest))
    for (const message of parts) this.#messages.put(message)
  }

  /** What a message brings about is done before the next one is delivered. */
  async #deliver(): Promise<void> {
    for await (const message of this.#messages) {
      this.onmessage?.(message)
      await nextTurn()
    }
  }
}
