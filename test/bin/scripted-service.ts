import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startService } from '../../src/bin/service.ts'
import type { WireOptions } from '../../src/bin/wire-service.ts'
import { type Config, loadConfig } from '../../src/config/index.ts'
import type { Recording, RecordingSpec } from '../../src/protocol/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

export const SCRIPTED_RECORDER = fileURLToPath(new URL('../worker/scripted-recorder.ts', import.meta.url))

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
  readonly body: any
}

/** The real service with its database, queues and child processes, whose recorder is a script instead of Chrome. */
export async function startScriptedService(settings: Record<string, string> = {}, options: WireOptions = {}) {
  await using undo = new AsyncDisposableStack()
  const dataDir = settings.PANOREC_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'panorec-service-')))
  if (settings.PANOREC_DATA_DIR === undefined) undo.defer(() => rm(dataDir, { recursive: true, force: true }))
  const config = loadConfig({
    PANOREC_DATA_DIR: dataDir,
    PANOREC_PORT: '0',
    PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    PANOREC_MAX_RECORDINGS: '8',
    // The other work of a test machine is not the recordings'.
    PANOREC_MAX_CPU_PERCENT: '1000',
    ...settings,
  })
  const log: string[] = []
  const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } })
  const service = undo.use(await startService(config, { logger, recorderScript: SCRIPTED_RECORDER, ...options }))
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(service.url + path, { method, ...init })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const resources = undo.move()
  return {
    url: service.url,
    config: config as Config,
    log,
    call,
    /** Starts a recording and resolves when it is in the state. */
    async start(spec: Partial<RecordingSpec> = {}, state?: Recording['state']): Promise<Recording> {
      const { status, body } = await call('POST', '/v1/recordings', {
        sources: [{ id: 'teacher', type: 'hls', url: 'http://127.0.0.1/t.m3u8' }],
        ...spec,
      })
      if (status !== 201) throw new Error(`POST answered ${status}: ${JSON.stringify(body)}`)
      return state === undefined ? body : await this.reaches(body.id, state)
    },
    async reaches(id: string, state: Recording['state'], timeoutMs = 15_000): Promise<Recording> {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        const { body } = await call('GET', `/v1/recordings/${id}`)
        if (body.state === state) return body
        if (performance.now() > deadline)
          throw new Error(`${id} is ${body.state}, not ${state}: ${JSON.stringify(body.error)}`)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type ScriptedService = Awaited<ReturnType<typeof startScriptedService>>
