import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

const PANOREC = fileURLToPath(new URL('../../../src/bin/panorec.ts', import.meta.url))

/** `panorec serve` as a process of its own, which can be killed; its settings and its address stay when it starts again. */
export class ServiceProcess implements AsyncDisposable {
  readonly url: string
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined

  private constructor(url: string, environment: Readonly<Record<string, string>>) {
    this.url = url
    this.#environment = environment
  }

  static async start(settings: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const port = await freePort()
    const environment = { ...settings, PANOREC_PORT: String(port), PATH: process.env.PATH ?? '' }
    const service = new ServiceProcess(`http://127.0.0.1:${port}`, environment)
    await service.start()
    return service
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Starts it again after it ended. */
  async start(): Promise<void> {
    const { TMPDIR = '/tmp' } = process.env
    const child = spawn(process.execPath, [PANOREC, 'serve'], {
      env: { ...this.#environment, TMPDIR },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    for await (const text of child.stdout) if (String(text).includes('Panorec listens on')) break
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
  }
}
