import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startService } from '../../../src/bin/service.ts'
import type { WireOptions } from '../../../src/bin/wire-service.ts'
import { type Config, loadConfig } from '../../../src/config/index.ts'
import type { Recording, RecordingSpec } from '../../../src/protocol/index.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { prepareDataDir } from './prepared-databases.ts'
import { RecordingCall } from './recording-call.ts'
import { testSettings } from './test-settings.ts'

const POLL_MS = 80
/** A scripted recorder answers at once; a start of Chrome has `RecordingCall`, which waits longer. */
const REACHED_WITHIN_MS = 15_000
const TEACHER = { id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
  readonly body: any
}

/**
 * The whole service in this process, on a free port: API, hub, database, queues and worker. Its data folder goes with it, unless
 * the settings name one. `options.recorderScript` puts a script in the place of the recorder.
 */
export class TestService implements AsyncDisposable {
  readonly url: string
  readonly config: Config
  /** Every line that the service logged, debug included. */
  readonly log: readonly string[]
  readonly #service: AsyncDisposable
  readonly #folder: AsyncDisposable
  #ended = false

  private constructor(url: string, config: Config, parts: Parts) {
    this.url = url
    this.config = config
    this.log = parts.log
    this.#service = parts.service
    this.#folder = parts.folder
  }

  static async start(settings: Readonly<Record<string, string>> = {}, options: WireOptions = {}): Promise<TestService> {
    await using undo = new AsyncDisposableStack()
    const dataDir = settings.PANOREC_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'panorec-service-')))
    if (settings.PANOREC_DATA_DIR === undefined) undo.defer(() => rm(dataDir, { recursive: true, force: true }))
    if (settings.PANOREC_DATABASE_URL === undefined) await prepareDataDir(dataDir)
    const config = loadConfig({ ...testSettings(dataDir), PANOREC_PORT: '0', ...settings })
    const log: string[] = []
    const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } })
    const service = await startService(config, { logger, ...options })
    return new TestService(service.url, config, { service, log, folder: undo.move() })
  }

  /** An HTTP call with JSON in and out, whatever the status. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(this.url + path, { method, ...init })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** `POST /v1/recordings`; resolves with the recording as it was answered. */
  async post(spec: RecordingSpec): Promise<RecordingCall> {
    return await RecordingCall.post(this.url, spec)
  }

  /** Starts a recording, of a teacher whom nobody plays unless the spec has sources, and waits for the state. */
  async start(spec: Partial<RecordingSpec> = {}, state?: Recording['state']): Promise<Recording> {
    const { status, body } = await this.call('POST', '/v1/recordings', { sources: [TEACHER], ...spec })
    if (status !== 201) throw new Error(`POST answered ${status}: ${JSON.stringify(body)}`)
    return state === undefined ? body : await this.reaches(body.id, state)
  }

  async reaches(id: string, state: Recording['state'], timeoutMs = REACHED_WITHIN_MS): Promise<Recording> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const { body } = await this.call('GET', `/v1/recordings/${id}`)
      if (body.state === state) return body
      if (performance.now() > deadline)
        throw new Error(`${id} is ${body.state}, not ${state}: ${JSON.stringify(body.error)}`)
      await sleep(POLL_MS)
    }
  }

  /** The folder of a recording in the service's file store. */
  recordingDir(id: string): string {
    return join(this.config.dataDir, 'recordings', id)
  }

  /** Ends the service and leaves its folder, which goes when this is disposed. Idempotent. */
  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#service[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await this.#folder[Symbol.asyncDispose]()
  }
}

interface Parts {
  readonly service: AsyncDisposable
  readonly folder: AsyncDisposable
  readonly log: readonly string[]
}
