import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolders, type ServiceParts, wireService, workerOptions } from '../../src/bin/wire-service.ts'
import { type Config, loadConfig } from '../../src/config/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { startWorker } from '../../src/worker/index.ts'
import { SCRIPTED_RECORDER } from '../bin/scripted-service.ts'

export interface TestFolder extends AsyncDisposable {
  readonly config: Config
  /** The parts of a service on this folder's database. One at a time. */
  open(): Promise<ServiceParts>
  /** The worker over them. */
  work(core: ServiceParts): Promise<AsyncDisposable>
}

/** A data folder with its embedded database, whose recorder is a script. */
export async function makeTestFolder(settings: Record<string, string> = {}): Promise<TestFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'panorec-engine-'))
  const config = loadConfig({
    PANOREC_DATA_DIR: dir,
    PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    PANOREC_MAX_CPU_PERCENT: '1000',
    ...settings,
  })
  await makeFolders(config)
  const roomAccess = { signallingFor: () => ({ url: 'ws://127.0.0.1/own' }) }
  return {
    config,
    open: () => wireService(config, { logger: createLogger({ level: 'silent' }), recorderScript: SCRIPTED_RECORDER }),
    work: (core) => startWorker(workerOptions(core, config, roomAccess)),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}
