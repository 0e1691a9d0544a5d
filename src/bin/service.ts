import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildApp } from '../api/index.ts'
import { type Config, requireKeysBeyondLoopback } from '../config/index.ts'
import { createIdempotencyKeys, createRoomHistory, createRoomPresence } from '../db/index.ts'
import { createHub, createRoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import {
  createDueStarts,
  createEventFeed,
  createRecordings,
  createSchedules,
  type Recordings,
} from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import {
  startClipWorker,
  startDeleteWorker,
  startRemovalWorker,
  startScheduleWorker,
  startWorker,
} from '../worker/index.ts'
import { createHealth } from './health.ts'
import { listen } from './listen.ts'
import { recorderAccess } from './recorder-access.ts'
import { version } from './version.ts'
import { clipWorkerOptions } from './wire-highlights.ts'
import { makeFolders, recoverLeftovers, type WireOptions, wireService, workerOptions } from './wire-service.ts'

/** A running product: API, hub, console and one worker. Disposing it ends recordings in order, then everything else. */
export interface Service extends AsyncDisposable {
  /** Where this machine reaches it, without a slash at its end; links carry `publicUrl` instead. */
  readonly url: string
  readonly logger: Logger
}

const CONSOLE_DIR = fileURLToPath(new URL('../../dist/console', import.meta.url))

/** Starts the whole product in this process. Throws `config.invalid` when the address cannot, or must not, be listened on. */
export async function startService(config: Config, options: WireOptions = {}): Promise<Service> {
  requireKeysBeyondLoopback(config)
  await using undo = new AsyncDisposableStack()
  await makeFolders(config)
  const core = undo.use(await wireService(config, options))
  const { database, logger, metrics } = core
  const tokens = createRoomTokens(core.hubSecret)
  const hub = undo.use(
    createHub({
      history: createRoomHistory(database),
      presence: createRoomPresence(database, core.newUlid()),
      tokens,
      clock: Date.now,
      ids: core.newUlid,
      logger,
      ...(options.hubLimits && { limits: options.hubLimits }),
    }),
  )
  const rooms = { publish: async (...args: Parameters<typeof hub.publish>) => void (await hub.publish(...args)) }
  const gate = createGate(createRecordings({ ...core.recordingsPorts, rooms }))
  const app = await buildApp({
    recordings: gate.recordings,
    deletions: core.deletions,
    schedules: createSchedules({
      book: core.engine.schedules,
      outbound: core.outbound,
      newUlid: core.newUlid,
    }),
    highlights: core.highlights,
    events: createEventFeed(core.eventLog),
    idempotency: createIdempotencyKeys(database, core.clock),
    hub,
    store: core.store,
    ...(config.redirectMedia && core.store.links && { mediaLinks: core.store.links }),
    logger,
    health: createHealth(core, config),
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
  })
  undo.defer(() => app.close())
  const url = await listen(app, { ...config, settings: { host: 'PANOREC_HOST', port: 'PANOREC_PORT' } })
  undo.use(recoverLeftovers(core, config))
  undo.use(await startClipWorker(clipWorkerOptions(core, config)))
  undo.use(await startDeleteWorker(core))
  undo.use(await startRemovalWorker(core))
  undo.use(await startScheduleWorker({ ...core, starts: createDueStarts(core.recordingsPorts) }))
  // Ended first: what its recorders lose by waiting cannot be made good.
  undo.use(await startWorker(workerOptions(core, config, recorderAccess(tokens, url))))
  undo.defer(gate.close)
  const resources = undo.move()
  logger.info({ url, version }, 'Panorec listens')
  return { url, logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** A door that lets no new recording in once it is closed. */
function createGate(recordings: Recordings): { readonly recordings: Recordings; readonly close: () => void } {
  let closed = false
  return {
    recordings: {
      ...recordings,
      async start(spec) {
        if (closed)
          throw new AppError('service.stopping', 'The service is stopping: start the recording again in a moment.')
        return await recordings.start(spec)
      },
    },
    close: () => {
      closed = true
    },
  }
}
