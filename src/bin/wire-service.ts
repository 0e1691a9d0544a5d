import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { monotonicFactory } from 'ulid'
import { loadWindow, sealDeleted } from '../archive/index.ts'
import { type Config, childEnvironment } from '../config/index.ts'
import {
  createCommandLog,
  createDeletionLog,
  createEventLog,
  createRecordingRepository,
  createRetainedSegments,
  createStartQueue,
  createWebhookOutbox,
  createWorkerRegistry,
  type Database,
  openDatabase,
  serviceSecret,
} from '../db/index.ts'
import { type Engine, openEngine } from '../engine/index.ts'
import type { HubLimits } from '../hub/index.ts'
import { createOutboundPolicy, type OutboundPolicy } from '../outbound/index.ts'
import {
  applyStored,
  type CommandLog,
  createTakes,
  createWriter,
  type EventLog,
  type RecordingRepository,
  type RecordingsPorts,
  type RecordingWriter,
  type RecoveryPolicy,
  type RoomAccess,
} from '../recording/index.ts'
import { clearDeadTakes, createFinalizer, type RecordingFinalizer, recoverSpoolRegularly } from '../recovery/index.ts'
import { Deletions, Removals } from '../retention/index.ts'
import { isRecordedHere } from '../spool/index.ts'
import { openStore, type SegmentStore } from '../store/index.ts'
import { createTelemetry, type Logger, type Metrics } from '../telemetry/index.ts'
import { DEFAULT_WORKER_TIMES, type WorkerOptions, type WorkerTimes } from '../worker/index.ts'
import { expireDataRegularly } from './expire-data.ts'
import { type ClipOptions, type HighlightParts, openHighlights } from './wire-highlights.ts'

export interface WireOptions extends ClipOptions {
  /** Takes the place of the log on standard output. */
  readonly logger?: Logger
  /** Takes the place of the recorder: a script that speaks its protocol. */
  readonly recorderScript?: string
  readonly times?: Partial<WorkerTimes>
  readonly hubLimits?: Partial<HubLimits>
  readonly recovery?: RecoveryPolicy
}

/** What a service and a lone worker have in common: the database, the queues, the store, and the ports over them. */
export interface ServiceParts extends AsyncDisposable, HighlightParts {
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
  readonly deletions: Deletions
  readonly removals: Removals
  /** Everything that the use cases need but the rooms. */
  readonly recordingsPorts: Omit<RecordingsPorts, 'rooms'>
  readonly finalizer: RecordingFinalizer
  readonly hubSecret: string
  readonly newUlid: () => string
  readonly clock: () => Date
  readonly times: WorkerTimes
  readonly options: WireOptions
}

const DAY_SEC = 24 * 3600
/** Postgres may be away; a second and a third death of recorders in that time is not waited out either. */
const TAKES_AHEAD = 3
/** Beside this file, as source or compiled. */
const RECORDER_SCRIPT = fileURLToPath(new URL(`./recorder${extname(import.meta.url)}`, import.meta.url))

/** Opens the database, the queues and the store of the settings, and wires the use cases over them. Errors: those of the three. */
export async function wireService(config: Config, options: WireOptions): Promise<ServiceParts> {
  await using undo = new AsyncDisposableStack()
  const telemetry = createTelemetry({ level: config.logLevel })
  const { metrics } = telemetry
  const logger = options.logger ?? telemetry.logger
  const outbound = createOutboundPolicy({ allowPrivateHosts: config.allowPrivateHosts })
  const store = undo.use(await openStore(config.store))
  const database = undo.use(
    await openDatabase(config.database, (err) => logger.error({ err }, 'a connection to the database was lost')),
  )
  const times = { ...DEFAULT_WORKER_TIMES, ...options.times }
  const engine = undo.use(await openEngine(database.engine, logger, times))
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
  undo.use(expireDataRegularly(database, config, { logger, times }))
  const recordingsPorts = {
    repository,
    writer,
    commands,
    takeQueue: engine.takeQueue,
    startQueue: createStartQueue(database),
    outbound,
    clock,
    newUlid,
    newTraceId,
    publicUrl,
  }
  const highlightParts = await openHighlights({ database, engine, store, logger, metrics }, recordingsPorts)
  const clipSchedule = undo.use(highlightParts.clipSchedule)
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
    finalizer: createFinalizer(store, spoolDir(config)),
    deletions: new Deletions({
      log: createDeletionLog(database),
      writer,
      queue: engine.deletionQueue,
      store,
      clips: clipSchedule.ofDeleted,
      seal: (recordingId, deletion) => sealDeleted(store, recordingId, deletion),
      clock,
      defaultAgeSec: config.retentionDays === null ? null : config.retentionDays * DAY_SEC,
    }),
    removals: new Removals({
      repository,
      retained: createRetainedSegments(database),
      store,
      clock,
      windowOf: (recordingId) => loadWindow(store, recordingId),
    }),
    recordingsPorts,
    ...highlightParts,
    hubSecret,
    newUlid,
    clock,
    times,
    options,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The worker over a core. */
export function workerOptions(core: ServiceParts, config: Config, roomAccess: RoomAccess): WorkerOptions {
  const { repository, writer, commands, engine, metrics, logger, highlights, clipSchedule, times, options } = core
  return {
    engine,
    logger,
    metrics,
    limits: config,
    times,
    registry: createWorkerRegistry(core.database, core.newUlid()),
    isRecordedHere: (recordingId) => isRecordedHere(spoolDir(config), recordingId),
    alone: config.database.kind === 'embedded',
    webhooks: {
      outbox: createWebhookOutbox(core.database),
      outbound: core.outbound,
      clock: core.clock,
      observe: metrics.observeWebhook,
    },
    take: {
      takes: createTakes({
        repository,
        writer,
        commands,
        takeQueue: engine.takeQueue,
        roomAccess,
        startQueue: core.recordingsPorts.startQueue,
        clock: core.clock,
        maxQueueSec: config.maxQueueSec,
        ...(options.recovery && { recovery: options.recovery }),
        takesAhead: config.database.kind === 'embedded' ? 0 : TAKES_AHEAD,
      }),
      commands,
      highlights,
      clips: clipSchedule,
      finalizer: core.finalizer,
      clearTake: (recordingId, take) => clearDeadTakes(spoolDir(config), recordingId, take),
      surroundings: {
        store: config.store,
        spoolDir: spoolDir(config),
        ...(config.spoolMaxBytes !== undefined && { spoolMaxBytes: config.spoolMaxBytes }),
        allowPrivateHosts: config.allowPrivateHosts,
        maxTakeSec: config.maxTakeSec,
        logLevel: config.logLevel,
        ...(config.chromePath !== undefined && { chromePath: config.chromePath }),
      },
      recorderScript: options.recorderScript ?? RECORDER_SCRIPT,
      environment: childEnvironment(config),
    },
  }
}

/** Stores what dead takes of ended recordings left on this machine, now and whenever the store comes back. */
export function recoverLeftovers(
  { repository, writer, finalizer, logger }: ServiceParts,
  config: Config,
): AsyncDisposable {
  return recoverSpoolRegularly({
    finalizer,
    logger,
    spoolDir: spoolDir(config),
    async endOf(recordingId) {
      const { state, endedAt, error } = await repository.find(recordingId)
      return (state === 'completed' || state === 'failed') && endedAt !== null ? { state, endedAt, error } : undefined
    },
    async onStored(recordingId, stored) {
      await writer.change(recordingId, (record) => applyStored(record, stored))
    },
  })
}

/** The folder in which recorders keep what the store has not confirmed. */
export function spoolDir(config: Config): string {
  return join(config.dataDir, 'spool')
}

/** Makes the folders that recorders write into. */
export async function makeFolders(config: Config): Promise<void> {
  await mkdir(spoolDir(config), { recursive: true })
}
