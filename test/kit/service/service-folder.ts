import { rm } from 'node:fs/promises'
import { makeFolders } from '../../../src/bin/spool-folder.ts'
import { type ServiceParts, type WireOptions, wireService } from '../../../src/bin/wire-service.ts'
import { workerOptions } from '../../../src/bin/wire-worker.ts'
import { type Config, loadConfig } from '../../../src/config/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { startWorker } from '../../../src/worker/index.ts'
import { makeDataDir } from './prepared-databases.ts'
import { testSettings } from './test-settings.ts'

/** A data folder with its embedded database, for tests of what a service is made of: no API, no port. */
export class ServiceFolder implements AsyncDisposable {
  readonly config: Config
  readonly #options: WireOptions

  private constructor(config: Config, options: WireOptions) {
    this.config = config
    this.#options = options
  }

  static async make(settings: Readonly<Record<string, string>> = {}, options: WireOptions = {}) {
    const dir = await makeDataDir()
    const folder = new ServiceFolder(loadConfig({ ...testSettings(dir), ...settings }), options)
    await makeFolders(folder.config)
    return folder
  }

  /** The parts of a service on this folder's database. One at a time. */
  async open(): Promise<ServiceParts> {
    return await wireService(this.config, { logger: createLogger({ level: 'silent' }), ...this.#options })
  }

  /** The worker over them. */
  async work(parts: ServiceParts): Promise<AsyncDisposable> {
    const access = { signallingFor: () => ({ url: 'ws://127.0.0.1/own' }) }
    return await startWorker(workerOptions(parts, this.config, { roomAccess: access, isResting: () => false }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.config.dataDir, { recursive: true, force: true })
  }
}
