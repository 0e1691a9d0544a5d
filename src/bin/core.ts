import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { monotonicFactory } from 'ulid'
import { type Config, childEnvironment } from '../config/index.ts'
import {
  createCommandLog,
  createEventLog,
  createRecordingRepository,
  createWebhookOutbox,
  type Database,
  openDatabase,
  prune,
  serviceSecret,
} from '../db/index.ts'
import { type Engine, openEngine, type TakeTimes, type WorkerOptions } from '../engine/index.ts'
import { createOutboundPolicy, type OutboundPolicy } from '../outbound/index.ts'
import { toAppError } from '../protocol/index.ts'
import { clearDeadTakes, finalizeRecording } from '../recorder/index.ts'
import {
  type CommandLog,
  createTakes,
  createWriter,
  type EventLog,
  type RecordingRepository,
  type RecordingsPorts,
  type RecordingWriter,
  type RoomAccess,
} from '../recording/index.ts'
import { openStore, type SegmentStore } from '../store/index.ts'
import { createTelemetry, type Logger, type Metrics } from '../telemetry/index.ts'

export interface CoreOptions {
  /** Takes the place of the log on standard output. */
  readonly logger?: Logger
  /** Takes the place of the recorder: a script that speaks its protocol. */
  readonly recorderScript?: string
  readonly times?: Partial<TakeTimes>
}

/** What a service and a lone worker have in common: the database, the queues, the store, and the ports over them. */
export interface Core extends AsyncDisposable {
  readonly database: Database
  readonly engine: Engine
  readonly store: SegmentStore
  readonly logger: Logger
  readonly metrics: Metrics
  readonly outbound: OutboundPolicy
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly eventLog: EventLog
  /** Everything that the use cases need but the rooms. */
  readonly recordingsPorts: Omit<RecordingsPorts, 'rooms'>
  readonly hubSecret: string
  readonly newUlid: () => string
  readonly clock: () => Date
  readonly options: CoreOptions
}

const PRUNE_INTERVAL_MS = 3600 * 1000
/** Beside this file, as source or compiled. */
const RECORDER_SCRIPT = fileURLToPath(new URL(`./recorder${extname(import.meta.url)}`, import.meta.url))

export async function openCore(config: Config, options: CoreOptions): Promise<Core> {
  await using undo = new AsyncDisposableStack()
  const telemetry = createTelemetry({ level: config.logLevel })
  const { metrics } = telemetry
  const logger = options.logger ?? telemetry.logger
  const outbound = createOutboundPolicy({ allowPrivateHosts: config.allowPrivateHosts })
  const store = undo.use(await openStore(config.store))
  const database = undo.use(
    await openDatabase(config.database, (err) => logger.error({ err }, 'a connection to the database was lost')),
  )
  const engine = undo.use(await openEngine(database.engine, logger))
  const clock = () => new Date()
  const newUlid = monotonicFactory()
  const repository = createRecordingRepository(database)
  const commands = createCommandLog(database)
  const { publicUrl } = config
  const writer = createWriter({ repository, webhookQueue: engine.webhookQueue, clock, publicUrl })
  const newTraceId = () => randomBytes(16).toString('hex')
  metrics.countRecordingsWith(() =>
    repository.countByState().catch((err: unknown) => {
      logger.warn({ err }, 'the recordings could not be counted for the metrics')
      return undefined
    }),
  )
  undo.use(pruneHourly(database, logger))
  const hubSecret = await serviceSecret(database, 'hub', () => randomBytes(32).toString('base64url'))
  const resources = undo.move()
  return {
    database,
    engine,
    store,
    logger,
    metrics,
    outbound,
    repository,
    writer,
    commands,
    eventLog: createEventLog(database),
    recordingsPorts: {
      repository,
      writer,
      commands,
      takeQueue: engine.takeQueue,
      outbound,
      clock,
      newUlid,
      newTraceId,
      publicUrl,
    },
    hubSecret,
    newUlid,
    clock,
    options,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The worker over a core. */
export function workerOptions(core: Core, config: Config, roomAccess: RoomAccess): WorkerOptions {
  const { repository, writer, commands, engine, store, metrics, logger, options } = core
  return {
    engine,
    logger,
    metrics,
    maxRecordings: config.maxRecordings,
    alone: config.database.kind === 'embedded',
    webhooks: {
      outbox: createWebhookOutbox(core.database),
      outbound: core.outbound,
      clock: core.clock,
      observe: metrics.observeWebhook,
    },
    take: {
      takes: createTakes({ repository, writer, commands, takeQueue: engine.takeQueue, roomAccess }),
      commands,
      finalizer: {
        async finalize(recordingId, error) {
          await clearDeadTakes(spoolDir(config), recordingId)
          return await finalizeRecording(store, recordingId, { error })
        },
      },
      surroundings: {
        store: config.store,
        spoolDir: spoolDir(config),
        allowPrivateHosts: config.allowPrivateHosts,
        logLevel: config.logLevel,
        ...(config.chromePath !== undefined && { chromePath: config.chromePath }),
      },
      recorderScript: options.recorderScript ?? RECORDER_SCRIPT,
      environment: childEnvironment(),
      ...(options.times && { times: options.times }),
    },
  }
}

/** The folder in which recorders keep what the store has not confirmed. */
export function spoolDir(config: Config): string {
  return join(config.dataDir, 'spool')
}

/** Makes the folders that recorders write into. */
export async function makeFolders(config: Config): Promise<void> {
  await mkdir(spoolDir(config), { recursive: true })
}

function pruneHourly(database: Database, logger: Logger): Disposable {
  const timer = setInterval(() => {
    prune(database, new Date()).catch((thrown: unknown) => {
      logger.warn({ err: toAppError(thrown) }, 'old events and keys could not be deleted')
    })
  }, PRUNE_INTERVAL_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
