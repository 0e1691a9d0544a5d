import { buildStatusApp } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import { createRoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { createHealth } from './health.ts'
import { listen } from './listen.ts'
import { recorderAccess } from './recorder-access.ts'
import { makeFolders } from './spool-folder.ts'
import { version } from './version.ts'
import { type ServiceParts, type WireOptions, wireService } from './wire-service.ts'
import { startWorkers } from './wire-worker.ts'

/** A worker alone. `statusUrl` is where its health and metrics are; undefined without a port for them. */
interface LoneWorker extends AsyncDisposable {
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
  const parts = undo.use(await wireService(config, options))
  const { logger } = parts
  const statusUrl = await serveStatus(parts, config, undo)
  const roomAccess = recorderAccess(createRoomTokens(parts.hubSecret), publicUrl)
  undo.use(await startWorkers(parts, { config, roomAccess, startsSchedules: false }))
  const resources = undo.move()
  logger.info({ statusUrl }, 'The worker waits for recordings')
  return { statusUrl, logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** Health and metrics of this process, where the settings name a port for them. */
async function serveStatus(
  parts: ServiceParts,
  config: Config,
  undo: AsyncDisposableStack,
): Promise<string | undefined> {
  if (config.metrics === undefined) return undefined
  const { metrics, logger } = parts
  const app = await buildStatusApp({
    logger,
    version,
    apiKeys: config.apiKeys,
    health: createHealth(parts, config),
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
