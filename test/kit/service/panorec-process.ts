import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { WireOptions } from '../../../src/bin/wire-service.ts'
import { compileCache } from './compile-cache.ts'
import { freePort } from './free-port.ts'
import { prepareDataDir } from './prepared-databases.ts'

const PANOREC = fileURLToPath(new URL('../../../src/bin/panorec.ts', import.meta.url))
const WITH_OPTIONS = fileURLToPath(new URL('./run-panorec.ts', import.meta.url))
/** A start with an empty database takes ten seconds on a busy machine, and more on a very busy one. */
const READY_TIMEOUT_MS = 90_000
/** The answer asks database and store. */
const ANSWER_TIMEOUT_MS = 5_000
const READY_POLL_MS = 50
/** Chrome, recorders and the program itself end in order within ten seconds each. */
const STOP_TIMEOUT_MS = 60_000
/** How much of its output is kept for the message of an error, characters. */
const OUTPUT_KEPT = 8000

export interface PanorecOptions {
  readonly command?: 'serve' | 'work'
  readonly name?: string
  /** Its environment beside PATH, HOME and TMPDIR. Without a port in them it gets a free one. */
  readonly settings: Readonly<Record<string, string>>
  /** What the program has no settings for; it has to pass through JSON. */
  readonly options?: WireOptions
  /** Where health and API are reached from here, when that is not loopback. */
  readonly url?: string
  /** Its output goes into a file here; without it the end of it is kept for an error's message. */
  readonly logDir?: string
  /** What starts it: `ip netns exec …`, for one. */
  readonly wrapper?: readonly string[]
}

/** `panorec serve` or `panorec work` as a process of its own, which can be killed and started again as it was. */
export class PanorecProcess implements AsyncDisposable {
  readonly name: string
  readonly url: string
  readonly #options: PanorecOptions
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #output = ''

  private constructor(options: PanorecOptions, port: string) {
    const { command = 'serve', settings } = options
    this.name = options.name ?? command
    this.url = options.url ?? `http://127.0.0.1:${port}`
    this.#options = options
    this.#environment = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '/root',
      TMPDIR: process.env.TMPDIR ?? '/tmp',
      ...compileCache(),
      [portSetting(command)]: port,
      ...settings,
    }
  }

  /** Resolves when it is ready. */
  static async start(options: PanorecOptions): Promise<PanorecProcess> {
    const port = options.settings[portSetting(options.command)] ?? String(await freePort())
    const { PANOREC_DATA_DIR: dataDir, PANOREC_DATABASE_URL: url } = options.settings
    if (dataDir !== undefined && url === undefined) await prepareDataDir(dataDir)
    const program = new PanorecProcess(options, port)
    await program.start()
    return program
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it, again if it has ended; resolves when it is ready. */
  async start(): Promise<void> {
    this.spawn()
    await this.ready()
  }

  spawn(): void {
    if (this.running) return
    const { command = 'serve', wrapper = [], logDir, options } = this.#options
    const script = options === undefined ? [PANOREC, command] : [WITH_OPTIONS, command, JSON.stringify(options)]
    const [program = '', ...args] = [...wrapper, process.execPath, ...script]
    const output = logDir === undefined ? 'pipe' : openSync(join(logDir, `${this.name}.log`), 'a')
    this.#child = spawn(program, args, { env: this.#environment, stdio: ['ignore', output, output] })
    this.#child.stdout?.on('data', this.#keep)
    this.#child.stderr?.on('data', this.#keep)
  }

  readonly #keep = (text: Buffer): void => {
    this.#output = (this.#output + text).slice(-OUTPUT_KEPT)
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS
    while (!(await isReady(this.url))) {
      const log = this.#options.logDir ?? this.#output
      if (!this.running) throw new Error(`${this.name} ended at its start: ${log}`)
      if (performance.now() > deadline) throw new Error(`${this.name} is not ready: ${log}`)
      await sleep(READY_POLL_MS)
    }
  }

  /** Resolves with its exit code when it has ended; null when the signal ended it, or when it did not run. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === undefined || !this.running) return null
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.running) return
    child.kill('SIGCONT')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await this.end('SIGTERM')
    clearTimeout(timer)
  }
}

function portSetting(command: PanorecOptions['command']): string {
  return command === 'work' ? 'PANOREC_METRICS_PORT' : 'PANOREC_PORT'
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(
    () => undefined,
  )
  await response?.arrayBuffer().catch(() => undefined)
  return response?.ok === true
}
