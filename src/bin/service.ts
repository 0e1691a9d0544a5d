import { existsSync } from 'node:fs'
import { type ApiDependencies, buildApp } from '../api/index.ts'
import { type Config, requireKeysBeyondLoopback } from '../config/index.ts'
import { createIdempotencyKeys, createRoomHistory, createRoomPresence } from '../db/index.ts'
import { createHub, createRoomTokens, type Hub, type RoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import { createEventFeed, createRecordings, createSchedules, type Recordings } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { CONSOLE_DIR } from './bundles.ts'
import { createHealth } from './health.ts'
import { listen } from './listen.ts'
import { recorderAccess } from './recorder-access.ts'
import { makeFolders } from './spool-folder.ts'
import { version } from './version.ts'
import { type ServiceParts, type WireOptions, wireService } from './wire-service.ts'
import { startWorkers } from './wire-worker.ts'

/** A running product: API, hub, console and one worker. Disposing it ends recordings in order, then everything else. */
export interface Service extends AsyncDisposable {
  /** Where this machine reaches it, without a slash at its end; links carry `publicUrl` instead. */
  readonly url: string
  readonly logger: Logger
}

/** Starts the whole product in this process. Throws `config.invalid` when the address cannot, or must not, be listened on. */
export async function startService(config: Config, options: WireOptions = {}): Promise<Service> {
  requireKeysBeyondLoopback(config)
  await using undo = new AsyncDisposableStack()
  await makeFolders(config)
  const parts = undo.use(await wireService(config, options))
  const { logger } = parts
  const tokens = createRoomTokens(parts.hubSecret)
  const hub = undo.use(openHub(parts, tokens))
  const rooms = { publish: async (...args: Parameters<Hub['publish']>) => void (await hub.publish(...args)) }
  const gate = createGate(createRecordings({ ...parts.recordingsPorts, rooms }))
  const app = await buildApp({ ...apiDependencies(parts, config), recordings: gate.recordings, hub })
  undo.defer(() => app.close())
  const url = await listen(app, { ...config, settings: { host: 'PANOREC_HOST', port: 'PANOREC_PORT' } })
  const roomAccess = recorderAccess(tokens, url)
  undo.use(await startWorkers(parts, { config, roomAccess, startsSchedules: true }))
  undo.defer(gate.close)
  const resources = undo.move()
  logger.info({ url, version }, 'Panorec listens')
  return { url, logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

function openHub({ database, logger, newUlid, options }: ServiceParts, tokens: RoomTokens): Hub {
  return createHub({
    history: createRoomHistory(database),
    presence: createRoomPresence(database, newUlid()),
    tokens,
    clock: Date.now,
    ids: newUlid,
    logger,
    ...(options.hubLimits && { limits: options.hubLimits }),
  })
}

function apiDependencies(parts: ServiceParts, config: Config): Omit<ApiDependencies, 'recordings' | 'hub'> {
  const { database, engine, store, logger, metrics, outbound, newUlid, clock } = parts
  return {
    deletions: parts.deletions,
    schedules: createSchedules({ book: engine.schedules, outbound, newUlid }),
    highlights: parts.highlights,
    events: createEventFeed(parts.eventLog),
    idempotency: createIdempotencyKeys(database, clock),
    store,
    ...(config.redirectMedia && store.links && { mediaLinks: store.links }),
    logger,
    health: createHealth(parts, config),
    metrics: {
      contentType: metrics.registry.contentType,
      text: () => metrics.registry.metrics(),
      observeRequest: ({ durationSec, ...request }) =>
        metrics.observeHttp({ ...request, durationMs: durationSec * 1000 }),
    },
    apiKeys: config.apiKeys,
    consoleDir: existsSync(CONSOLE_DIR) ? CONSOLE_DIR : undefined,
    version,
    publicUrl: config.publicUrl,
  }
}

/** Lets no new recording in once it is closed. */
function createGate(recordings: Recordings): { readonly recordings: Recordings; readonly close: () => void } {
  let isClosed = false
  return {
    recordings: {
      ...recordings,
      async start(spec, once) {
        if (isClosed)
          throw new AppError('service.stopping', 'The service is stopping: start the recording again in a moment.')
        return await recordings.start(spec, once)
      },
    },
    close: () => {
      isClosed = true
    },
  }
}
