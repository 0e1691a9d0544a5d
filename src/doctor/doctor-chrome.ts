import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import puppeteer, { type Browser } from 'puppeteer'
import { AppError } from '../protocol/index.ts'
import { findChrome } from '../recorder/index.ts'
import type { Examination, Verdict } from './doctor-finding.ts'
import { temporaryFolder } from './temporary-folder.ts'

const INSTALL =
  'Install it (`npm run setup`, or `apt-get install chromium`), or set PANOREC_CHROME_PATH to a Chrome or Chromium.'

/** Finds Chrome, starts it as the recorder does, and encodes one picture. */
export function chromeExaminations(configured: string | undefined): Examination[] {
  return [
    {
      name: 'Chrome',
      advice: INSTALL,
      async examine(signal) {
        const path = await findChrome(configured)
        const { stdout } = await promisify(execFile)(path, ['--version'], { signal })
        return { verdict: 'good', found: `${stdout.trim()} at ${path}` }
      },
    },
    {
      name: 'Chrome starts',
      advice:
        'Run it by hand with `--headless --dump-dom about:blank` and read what it prints; most often a library is missing.',
      examine: async (signal) => startChrome(await findChrome(configured), signal),
    },
  ]
}

async function startChrome(path: string, signal: AbortSignal): Promise<Verdict> {
  await using folder = await temporaryFolder()
  const sandbox = process.getuid?.() === 0 ? 'not as root' : 'asked for'
  if (sandbox === 'not as root') {
    await encodePicture(path, folder.path, { args: ['--no-sandbox'], signal })
    const found = 'encodes H.264; as root without its sandbox'
    return {
      verdict: 'warning',
      found,
      advice: 'Run Panorec as a user without rights, so that Chrome can use its sandbox.',
    }
  }
  try {
    await encodePicture(path, folder.path, { args: [], signal })
    return { verdict: 'good', found: 'encodes H.264; sandboxed' }
  } catch {
    await encodePicture(path, folder.path, { args: ['--no-sandbox'], signal })
    const found = 'encodes H.264; only without its sandbox'
    return {
      verdict: 'warning',
      found,
      advice: 'Let this user make user namespaces (docs/operations.md), so that Chrome can use its sandbox.',
    }
  }
}

/** Runs in the page: encodes one grey picture with the recorder's codec and returns the bytes of its packet. */
const ENCODE_ONE = `new Promise((resolve, reject) => {
  const width = 320, height = 180
  let bytes = 0
  const encoder = new VideoEncoder({ output: (chunk) => { bytes += chunk.byteLength }, error: reject })
  encoder.configure({ codec: 'avc1.64001F', width, height, bitrate: 500000, framerate: 25, avc: { format: 'annexb' } })
  const data = new Uint8Array(width * height * 1.5).fill(128)
  const frame = new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 })
  encoder.encode(frame, { keyFrame: true })
  frame.close()
  encoder.flush().then(() => { encoder.close(); resolve(bytes) }, reject)
})`

async function encodePicture(
  executablePath: string,
  userDataDir: string,
  { args, signal }: { readonly args: readonly string[]; readonly signal: AbortSignal },
): Promise<void> {
  await using browser = await puppeteer.launch({
    executablePath,
    userDataDir,
    pipe: true,
    args: ['--disable-gpu', '--no-first-run', ...args],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
  const closeNow = () => void browser.process()?.kill('SIGKILL')
  signal.addEventListener('abort', closeNow, { once: true })
  const bytes = await encodeIn(browser).finally(() => signal.removeEventListener('abort', closeNow))
  if (bytes === 0)
    throw new AppError('encoder.unsupported', 'Chrome encoded no H.264 picture: it is a build without that codec.')
}

/** WebCodecs exists in secure contexts only, and a loopback address is one (Secure Contexts §3.1). */
async function encodeIn(browser: Browser): Promise<number> {
  await using site = await serveEmptyPage()
  const page = await browser.newPage()
  await page.goto(site.url)
  const bytes = await page.evaluate(ENCODE_ONE).catch((cause: unknown) => {
    const message = "Chrome cannot encode H.264: use Debian's chromium or Google Chrome."
    throw new AppError('encoder.unsupported', message, { cause })
  })
  return Number(bytes)
}

async function serveEmptyPage(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
