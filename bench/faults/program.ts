import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PANOREC = fileURLToPath(new URL('../../src/bin/panorec.ts', import.meta.url))
/** A start with an empty database takes ten seconds on a busy machine, and more on a very busy one. */
const READY_TIMEOUT_MS = 90_000
/** The answer asks database and store. */
const ANSWER_TIMEOUT_MS = 5_000
const READY_POLL_MS = 100
/** Chrome, recorders and the program itself end in order within ten seconds each. */
const STOP_TIMEOUT_MS = 60_000

export interface ProgramOptions {
  readonly command: 'serve' | 'work'
  readonly name: string
  /** The whole environment, settings included. */
  readonly environment: Readonly<Record<string, string>>
  /** Where health and API are reached from here. */
  readonly url: string
  /** Its output goes into a file here. */
  readonly logDir: string
  /** What starts it: `ip netns exec …`, for one. */
  readonly wrapper?: readonly string[]
}

/** `panorec serve` or `panorec work`, the real program, which can be killed and started again as it was. */
export class Program implements AsyncDisposable {
  readonly name: string
  readonly url: string
  readonly #options: ProgramOptions
  #child: ChildProcess | undefined

  private constructor(options: ProgramOptions) {
    this.name = options.name
    this.url = options.url
    this.#options = options
  }

  static async start(options: ProgramOptions): Promise<Program> {
    const program = new Program(options)
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
    const { command, environment, wrapper = [], logDir, name } = this.#options
    const [program = '', ...args] = [...wrapper, process.execPath, PANOREC, command]
    const log = openSync(join(logDir, `${name}.log`), 'a')
    this.#child = spawn(program, args, { env: environment, stdio: ['ignore', log, log] })
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS
    while (!(await isReady(this.url))) {
      if (!this.running) throw new Error(`${this.name} ended at its start: see ${this.#options.logDir}`)
      if (performance.now() > deadline) throw new Error(`${this.name} is not ready: see ${this.#options.logDir}`)
      await sleep(READY_POLL_MS)
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.running) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
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

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(
    () => undefined,
  )
  await response?.arrayBuffer().catch(() => undefined)
  return response?.ok === true
}
