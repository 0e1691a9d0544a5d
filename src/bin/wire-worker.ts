import { type Config, childEnvironment } from '../config/index.ts'
import { createOpenWork, createWebhookOutbox, createWorkerRegistry } from '../db/index.ts'
import { applyStored, createDueStarts, createTakes, type RoomAccess } from '../recording/index.ts'
import { clearDeadTakes, recoverSpoolRegularly } from '../recovery/index.ts'
import { isRecordedHere } from '../spool/index.ts'
import {
  SweepGate,
  startClipWorker,
  startDeleteWorker,
  startRemovalWorker,
  startScheduleWorker,
  startWorker,
  type WorkerOptions,
} from '../worker/index.ts'
import { assertFunction, RECORDER_SCRIPT } from './bundles.ts'
import { spoolDir } from './spool-folder.ts'
import { clipWorkerOptions } from './wire-highlights.ts'
import type { ServiceParts } from './wire-service.ts'

/** Postgres may be away; a second and a third death of recorders in that time is not waited out either. */
const TAKES_AHEAD = 3

interface WorkersOptions {
  readonly config: Config
  readonly roomAccess: RoomAccess
  /** Whether schedules are started here too. */
  readonly startsSchedules: boolean
}

/** Starts every worker of a process. Disposing them ends recordings in order, before everything else. */
export async function startWorkers(
  parts: ServiceParts,
  { config, roomAccess, startsSchedules }: WorkersOptions,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack()
  const isResting = openGate(parts, undo)
  const clips = clipWorkerOptions(parts, config, isResting)
  const takes = workerOptions(parts, config, { roomAccess, isResting })
  assertFunction(clips.clipper.script)
  assertFunction(takes.recorder.script)
  undo.use(recoverLeftovers(parts, config))
  undo.use(await startClipWorker(clips))
  undo.use(await startDeleteWorker(parts))
  undo.use(await startRemovalWorker(parts))
  if (startsSchedules) {
    const starts = createDueStarts(parts.recordingsPorts)
    undo.use(await startScheduleWorker({ ...parts, starts }))
  }
  // The last is disposed first: what its recorders lose by waiting cannot be made good.
  undo.use(await startWorker(takes))
  const resources = undo.move()
  return { [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** Lets sweeps rest, where this process has the database alone. */
function openGate({ database, logger }: ServiceParts, undo: AsyncDisposableStack): () => boolean {
  if (database.engine.kind === 'postgres') return () => false
  const gate = undo.use(new SweepGate(createOpenWork(database), logger))
  return () => gate.isResting
}

/** What runs recordings, from the parts of a service. */
export function workerOptions(
  parts: ServiceParts,
  config: Config,
  { roomAccess, isResting }: { readonly roomAccess: RoomAccess; readonly isResting: () => boolean },
): WorkerOptions {
  const { engine, metrics, logger, times, database, outbound, clock, newUlid, options } = parts
  return {
    engine,
    logger,
    metrics,
    limits: config,
    times,
    registry: createWorkerRegistry(database, newUlid()),
    isRecordedHere: (recordingId) => isRecordedHere(spoolDir(config), recordingId),
    alone: config.database.kind === 'embedded',
    isResting,
    webhooks: { outbox: createWebhookOutbox(database), outbound, clock, observe: metrics.observeWebhook },
    take: takeOptions(parts, config, roomAccess),
    recorder: { script: options.recorderScript ?? RECORDER_SCRIPT, environment: childEnvironment(config) },
    spares: config,
  }
}

function takeOptions(parts: ServiceParts, config: Config, roomAccess: RoomAccess): WorkerOptions['take'] {
  const { commands, highlights, clipSchedule, finalizer, recordingsPorts, options } = parts
  return {
    takes: createTakes({
      ...recordingsPorts,
      roomAccess,
      maxQueueSec: config.maxQueueSec,
      ...(options.recovery && { recovery: options.recovery }),
      takesAhead: config.database.kind === 'embedded' ? 0 : TAKES_AHEAD,
    }),
    commands,
    highlights,
    clips: clipSchedule,
    finalizer,
    clearTake: (recordingId, take) => clearDeadTakes(spoolDir(config), recordingId, take),
    surroundings: {
      store: config.store,
      spoolDir: spoolDir(config),
      ...(config.spoolMaxBytes !== undefined && { spoolMaxBytes: config.spoolMaxBytes }),
      allowPrivateHosts: config.allowPrivateHosts,
      maxTakeSec: config.maxTakeSec,
      logLevel: config.logLevel,
      compositor: config.compositor,
      sourcePlayer: config.sourcePlayer,
      ...(config.chromePath !== undefined && { chromePath: config.chromePath }),
    },
  }
}

/** Stores what dead takes of ended recordings left on this machine, now and whenever the store comes back. */
function recoverLeftovers({ repository, writer, finalizer, logger }: ServiceParts, config: Config): AsyncDisposable {
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
