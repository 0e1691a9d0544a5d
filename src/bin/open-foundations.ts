import type { Config } from '../config/index.ts'
import { type Database, openDatabase } from '../db/index.ts'
import { type Engine, openEngine } from '../engine/index.ts'
import { openStore, type SegmentStore } from '../store/index.ts'
import { createTelemetry, type Logger, type Metrics } from '../telemetry/index.ts'
import { DEFAULT_WORKER_TIMES, EMBEDDED_WORKER_TIMES, type WorkerTimes } from '../worker/index.ts'

export interface FoundationOptions {
  /** Takes the place of the log on standard output. */
  readonly logger?: Logger
  readonly times?: Partial<WorkerTimes>
}

/** What the use cases stand on. */
export interface Foundations {
  readonly database: Database
  readonly engine: Engine
  readonly store: SegmentStore
  readonly logger: Logger
  readonly metrics: Metrics
  readonly times: WorkerTimes
}

/** Opens the store, the database and the queues of the settings. Errors: those of the three. */
export async function openFoundations(
  config: Config,
  options: FoundationOptions,
): Promise<Foundations & AsyncDisposable> {
  await using undo = new AsyncDisposableStack()
  const telemetry = createTelemetry({ level: config.logLevel })
  const { logger = telemetry.logger } = options
  const usual = config.database.kind === 'embedded' ? EMBEDDED_WORKER_TIMES : DEFAULT_WORKER_TIMES
  const times = { ...usual, ...options.times }
  const store = undo.use(await openStore(config.store))
  const onLostConnection = (err: unknown) => logger.error({ err }, 'a connection to the database was lost')
  const database = undo.use(await openDatabase(config.database, onLostConnection))
  const engine = undo.use(await openEngine(database.engine, logger, times))
  const resources = undo.move()
  return {
    store,
    database,
    engine,
    logger,
    metrics: telemetry.metrics,
    times,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
