import { spawn } from 'node:child_process'
import type { Browser } from 'puppeteer'

/** Programs the demo runs; the paths come from the product's settings. */
export interface Tools {
  readonly ffmpegPath: string
  readonly chromePath: string
}

const ERROR_TAIL = 600

/** Runs FFmpeg to its end and returns its standard output; throws with the end of its own words when it fails. */
export async function runFfmpeg(tools: Tools, args: readonly string[], signal: AbortSignal): Promise<Buffer> {
  const child = spawn(tools.ffmpegPath, ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const output: Buffer[] = []
  let words = ''
  child.stdout.on('data', (data: Buffer) => output.push(data))
  child.stderr.on('data', (data: Buffer) => {
    words = (words + data.toString()).slice(-ERROR_TAIL)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`FFmpeg failed with exit code ${code} while it prepared the demo: ${words.trim()}`)
  return Buffer.concat(output)
}

/** True when this FFmpeg can speak: Debian's can, many static builds cannot. */
export async function hasFlite(tools: Tools, signal: AbortSignal): Promise<boolean> {
  const filters = await runFfmpeg(tools, ['-filters'], signal)
  return / flite /.test(filters.toString())
}

/** A headless Chrome with software drawing, for the pictures of the demo only. */
export async function launchStudio(tools: Tools): Promise<Browser> {
  const { launch } = await import('puppeteer')
  return await launch({
    executablePath: tools.chromePath,
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--hide-scrollbars',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
}
