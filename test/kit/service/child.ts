import { type ChildProcess, spawn } from 'node:child_process'

/** How much of a child's stderr is kept for the message of an assertion, characters. */
const STDERR_KEPT = 8000

/** A child process that is certainly gone once disposed, even one that is stopped by SIGSTOP or ignores SIGTERM. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess
  /** The exit code, or null after a signal. Never rejects. */
  readonly ended: Promise<number | null>
  #stderr = ''

  constructor(command: string, args: readonly string[], options: { readonly stdio?: 'ipc' | 'pipe' } = {}) {
    const stdin = options.stdio === 'pipe' ? 'pipe' : 'ignore'
    const stdio =
      options.stdio === 'ipc' ? (['ignore', 'ignore', 'pipe', 'ipc'] as const) : ([stdin, 'ignore', 'pipe'] as const)
    this.process = spawn(command, args, { stdio: [...stdio] })
    this.process.stderr?.on('data', (text: Buffer) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT)
    })
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code) => resolve(code))
      this.process.once('error', (error) => {
        this.#stderr += error.message
        resolve(null)
      })
    })
  }

  get stderr(): string {
    return this.#stderr
  }

  get running(): boolean {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null
  }

  /** Sends the signal and waits for the end. A process that is already gone is fine. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.process.kill(signal)
    await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) this.process.kill('SIGCONT')
    await this.end('SIGKILL')
  }
}

/** Runs FFmpeg to its end; rejects with its last words when it fails. */
export async function runFfmpeg(args: readonly string[], input?: AsyncIterable<Uint8Array>): Promise<void> {
  await using child = new Child('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    ...(input && { stdio: 'pipe' }),
  })
  const { stdin } = child.process
  if (input && stdin) {
    stdin.on('error', () => undefined)
    for await (const part of input) {
      if (!stdin.write(part)) await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), child.ended])
      if (!child.running) break
    }
    stdin.end()
  }
  const code = await child.ended
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')} ended with ${code}: ${child.stderr}`)
}
