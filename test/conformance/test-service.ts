import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startService } from '../../src/bin/service.ts'
import { loadConfig } from '../../src/config/index.ts'
import type { RecordingSpec } from '../../src/protocol/index.ts'
import { RecordingCall } from './recording-call.ts'

/** The whole service in this process, with its embedded defaults in a folder that is removed with it. */
export class TestService implements AsyncDisposable {
  readonly url: string
  readonly #dataDir: string
  readonly #service: AsyncDisposable
  #ended = false

  private constructor(url: string, dataDir: string, service: AsyncDisposable) {
    this.url = url
    this.#dataDir = dataDir
    this.#service = service
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestService> {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-conformance-'))
    try {
      const config = loadConfig({
        PANOREC_DATA_DIR: dataDir,
        PANOREC_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
        PANOREC_LOG_LEVEL: 'warn',
        PANOREC_MAX_RECORDINGS: '4',
        // The other work of a test machine is not the recordings'.
        PANOREC_MAX_CPU_PERCENT: '1000',
        ...settings,
      })
      const service = await startService({ ...config, port: 0 })
      return new TestService(service.url, dataDir, service)
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true })
      throw error
    }
  }

  /** `POST /v1/recordings`; resolves with the recording as it was answered. */
  async post(spec: RecordingSpec): Promise<RecordingCall> {
    return await RecordingCall.post(this.url, spec)
  }

  /** The folder of a recording in the service's file store. */
  recordingDir(id: string): string {
    return join(this.#dataDir, 'recordings', id)
  }

  /** Ends the service and leaves its folder, which goes when this is disposed. */
  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#service[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await rm(this.#dataDir, { recursive: true, force: true })
  }
}
