import { randomBytes } from 'node:crypto'
import { monotonicFactory } from 'ulid'
import { loadWindow, sealDeleted } from '../archive/index.ts'
import type { Config } from '../config/index.ts'
import {
  createCommandLog,
  createDeletionLog,
  createEventLog,
  createRecordingRepository,
  createRetainedSegments,
  createStartQueue,
  serviceSecret,
} from '../db/index.ts'
import type { HubLimits } from '../hub/index.ts'
import { createOutboundPolicy, type OutboundPolicy } from '../outbound/index.ts'
import {
  type CommandLog,
  createWriter,
  type EventLog,
  type RecordingRepository,
  type RecordingsPorts,
  type RecordingWriter,
  type RecoveryPolicy,
} from '../recording/index.ts'
import { createFinalizer, type RecordingFinalizer } from '../recovery/index.ts'
import { Deletions, Removals } from '../retention/index.ts'
import { expireDataRegularly } from './expire-data.ts'
import { type FoundationOptions, type Foundations, openFoundations } from './open-foundations.ts'
import { spoolDir } from './spool-folder.ts'
import { type ClipOptions, type HighlightParts, openHighlights } from './wire-highlights.ts'

export interface WireOptions extends FoundationOptions, ClipOptions {
  /** Takes the place of the recorder: a script that speaks its protocol. */
  readonly recorderScript?: string
  readonly hubLimits?: Partial<HubLimits>
  readonly recovery?: RecoveryPolicy
}

/** What a service and a lone worker have in common: the database, the queues, the store, and the ports over them. */
export interface ServiceParts extends AsyncDisposable, Foundations, HighlightParts {
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
  readonly options: WireOptions
}

const DAY_SEC = 24 * 3600

/** Opens the database, the queues and the store of the settings, and wires the use cases over them. Errors: those of the three. */
export async function wireService(config: Config, options: WireOptions): Promise<ServiceParts> {
  await using undo = new AsyncDisposableStack()
  const foundations = undo.use(await openFoundations(config, options))
  const { database, store } = foundations
  undo.use(expireDataRegularly(database, config, foundations))
  const recordingsPorts = wireRecordings(foundations, config)
  const highlightParts = await openHighlights(foundations, recordingsPorts)
  undo.use(highlightParts.clipSchedule)
  const hubSecret = await serviceSecret(database, 'hub', () => randomBytes(32).toString('base64url'))
  const resources = undo.move()
  return {
    ...foundations,
    ...recordingsPorts,
    ...highlightParts,
    ...wireRetention(foundations, recordingsPorts, highlightParts, config),
    recordingsPorts,
    eventLog: createEventLog(database),
    finalizer: createFinalizer(store, spoolDir(config)),
    hubSecret,
    options,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Everything that the use cases of recordings need but the rooms. */
function wireRecordings(
  { database, engine, logger, metrics }: Foundations,
  { publicUrl, allowPrivateHosts }: Config,
): Omit<RecordingsPorts, 'rooms'> & Pick<ServiceParts, 'outbound'> {
  const clock = () => new Date()
  const repository = createRecordingRepository(database)
  metrics.countRecordingsWith(() =>
    repository.countByState().catch((err: unknown) => {
      logger.warn({ err }, 'the recordings could not be counted for the metrics')
      return undefined
    }),
  )
  return {
    repository,
    writer: createWriter({ repository, webhookQueue: engine.webhookQueue, clock, publicUrl }),
    commands: createCommandLog(database),
    takeQueue: engine.takeQueue,
    startQueue: createStartQueue(database),
    outbound: createOutboundPolicy({ allowPrivateHosts }),
    clock,
    newUlid: monotonicFactory(),
    newTraceId: () => randomBytes(16).toString('hex'),
    publicUrl,
    onTrouble: (err, what, about) => logger.warn({ err, ...about }, what),
  }
}

function wireRetention(
  { database, engine, store }: Foundations,
  { repository, writer, clock }: ServiceParts['recordingsPorts'],
  { clipSchedule }: HighlightParts,
  { retentionDays }: Config,
): Pick<ServiceParts, 'deletions' | 'removals'> {
  return {
    deletions: new Deletions({
      log: createDeletionLog(database),
      writer,
      queue: engine.deletionQueue,
      store,
      clips: clipSchedule.ofDeleted,
      seal: (recordingId, deletion) => sealDeleted(store, recordingId, deletion),
      clock,
      defaultAgeSec: retentionDays === null ? null : retentionDays * DAY_SEC,
    }),
    removals: new Removals({
      repository,
      retained: createRetainedSegments(database),
      store,
      clock,
      windowOf: (recordingId) => loadWindow(store, recordingId),
    }),
  }
}
