import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import { createIdempotencyKeys, createRoomHistory } from '../db/index.ts'
import { startWorker } from '../engine/index.ts'
import { createHub, createRoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import { createEventFeed, createRecordings, type Recordings, type RoomAccess } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { type CoreOptions, makeFolders, openCore, workerOptions } from './core.ts'
import { createHealth } from './health.ts'
import { version } from './version.ts'

/** A running product: API, hub, console and one worker. Disposing it ends recordings in order, then everything else. */
export interface Service extends AsyncDisposable {
  /** Where this machine reaches it, without a slash at its end; links carry `publicUrl` instead. */
  readonly url: string
  readonly logger: Logger
}

const CONSOLE_DIR = fileURLToPath(new URL('../../dist/console', import.meta.url))
/** A recorder's way into its room is valid as long as the longest recording, and a day more. */
const RECORDER_TOKEN_SEC = 8 * 24 * 3600

/** Starts the whole product in this process. Throws `config.invalid` when the address cannot be listened on. */
export async function startService(config: Config, options: CoreOptions = {}): Promise<Service> {
  await using undo = new AsyncDisposableStack()
  await makeFolders(config)
  const core = undo.use(await openCore(config, options))
  const { database, logger, metrics } = core
  const tokens = createRoomTokens(core.hubSecret)
  const hub = undo.use(
    createHub({ history: createRoomHistory(database), tokens, clock: Date.now, ids: core.newUlid, logger }),
  )
  const rooms = { publish: async (...args: Parameters<typeof hub.publish>) => void (await hub.publish(...args)) }
  const gate = createGate(createRecordings({ ...core.recordingsPorts, rooms }))
  const app = await buildApp({
    recordings: gate.recordings,
    events: createEventFeed(core.eventLog),
    idempotency: createIdempotencyKeys(database, core.clock),
    hub,
    store: core.store,
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
  })
  undo.defer(() => app.close())
  const url = await listen(app, config)
  const roomAccess: RoomAccess = {
    signallingFor: (room, recordingId) => ({
      url: `${url.replace(/^http/, 'ws')}/v1/rooms/${room}/signals`,
      token: tokens.mint({ room, role: 'recorder', identity: `recorder-${recordingId}`, ttlSec: RECORDER_TOKEN_SEC }),
    }),
  }
  undo.use(await startWorker(workerOptions(core, config, roomAccess)))
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

/** Listens, and returns the address that this machine reaches it by. */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw listenError(cause, host, port)
  }
  const address = app.server.address() as AddressInfo
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.address] ?? address.address
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`
}

function listenError(cause: unknown, host: string, port: number): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    return new AppError(
      'config.invalid',
      `\`PANOREC_PORT\` ${port} on ${host} is taken by another program: stop that one, or choose another port.`,
      {
        field: 'PANOREC_PORT',
        received: port,
        cause,
      },
    )
  }
  if (code === 'EACCES') {
    return new AppError(
      'config.invalid',
      `\`PANOREC_PORT\` ${port} needs more rights than this user has: choose one above 1023.`,
      {
        field: 'PANOREC_PORT',
        received: port,
        cause,
      },
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new AppError('config.invalid', `\`PANOREC_HOST\` ${host} is not an address of this machine.`, {
      field: 'PANOREC_HOST',
      received: host,
      cause,
    })
  }
  return new AppError('internal', `The service cannot listen on ${host}:${port}.`, { cause })
}
