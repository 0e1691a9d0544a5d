import { buildStatusApp } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import { createRoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { startClipWorker, startDeleteWorker, startRemovalWorker, startWorker } from '../worker/index.ts'
import { createHealth } from './health.ts'
import { listen } from './listen.ts'
import { recorderAccess } from './recorder-access.ts'
import { version } from './version.ts'
import { clipWorkerOptions } from './wire-highlights.ts'
import {
  makeFolders,
  recoverLeftovers,
  type ServiceParts,
  type WireOptions,
  wireService,
  workerOptions,
} from './wire-service.ts'

/** A worker alone. `statusUrl` is where its health and metrics are; undefined without a port for them. */
export interface LoneWorker extends AsyncDisposable {
  readonly statusUrl: string | undefined
  readonly logger: Logger
}

/** A worker without an API, beside services that share its database. Throws `config.invalid` when nothing is shared. */
export async function startLoneWorker(config: Config, options: WireOptions = {}): Promise<LoneWorker> {
  if (config.database.kind === 'embedded') {
    throw new AppError(
      'config.invalid',
      '`PANOREC_DATABASE_URL` is not set, and a worker alone has no one to work for: name the Postgres that the service uses.',
      { field: 'PANOREC_DATABASE_URL' },
    )
  }
  const { publicUrl } = config
  if (publicUrl === null) {
    throw new AppError(
      'config.invalid',
      '`PANOREC_PUBLIC_URL` is not set, so recorders of this worker could not join the rooms of the service.',
      { field: 'PANOREC_PUBLIC_URL' },
    )
  }
  await using undo = new AsyncDisposableStack()
  await makeFolders(config)
  const core = undo.use(await wireService(config, options))
  const statusUrl = await serveStatus(core, config, undo)
  const access = recorderAccess(createRoomTokens(core.hubSecret), publicUrl)
  undo.use(recoverLeftovers(core, config))
  undo.use(await startClipWorker(clipWorkerOptions(core, config)))
  undo.use(await startDeleteWorker(core))
  undo.use(await startRemovalWorker(core))
  // Ended first: what its recorders lose by waiting cannot be made good.
  undo.use(await startWorker(workerOptions(core, config, access)))
  const resources = undo.move()
  core.logger.info({ statusUrl }, 'The worker waits for recordings')
  return { statusUrl, logger: core.logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** Health and metrics of this process, where the settings name a port for them. */
async function serveStatus(
  core: ServiceParts,
  config: Config,
  undo: AsyncDisposableStack,
): Promise<string | undefined> {
  if (config.metrics === undefined) return undefined
  const { metrics, logger } = core
  const app = await buildStatusApp({
    logger,
    version,
    apiKeys: config.apiKeys,
    health: createHealth(core, config),
    metrics: {
      contentType: metrics.registry.contentType,
      text: () => metrics.registry.metrics(),
      observeRequest: () => {},
    },
  })
  undo.defer(() => app.close())
  const settings = { host: 'PANOREC_METRICS_HOST', port: 'PANOREC_METRICS_PORT' }
  return await listen(app, { ...config.metrics, settings })
}
