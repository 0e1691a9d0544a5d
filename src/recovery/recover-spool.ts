import type { RecordingEnd } from '../archive/index.ts'
import { toAppError } from '../protocol/index.ts'
import type { StoredTakes } from '../recording/record.ts'
import { listSpoolFolders, sweepSpool } from '../spool/index.ts'
import type { LogPort } from '../telemetry/index.ts'
import { repeat, within } from '../timing/index.ts'
import type { RecordingFinalizer } from './create-finalizer.ts'

interface RecoverSpoolOptions {
  readonly finalizer: RecordingFinalizer
  readonly spoolDir: string
  /**
   * Says how a recording ended; undefined while it runs: its next take or its end then recovers what is left. Throws
   * `recording.not-found` for one that was deleted.
   */
  readonly endOf: (recordingId: string) => Promise<RecordingEnd | undefined>
  /** Called with what of a recording plays now; at least once: if it throws, again with the next pass. */
  readonly onStored: (recordingId: string, stored: StoredTakes) => Promise<void>
  readonly logger: LogPort
}

/** A store may come back at any time. */
const EVERY_MS = 60_000
/** How long a disposal waits for a store that does not answer: what is not stored stays in the spool. */
const GRACE_MS = 5_000

/** Stores what dead takes of ended recordings left on this machine: now, and every minute until it is disposed. */
export function recoverSpoolRegularly(options: RecoverSpoolOptions): AsyncDisposable {
  const passes = repeat({ everyMs: EVERY_MS, work: (signal) => recoverSpool(options, signal), atOnce: true })
  return {
    async [Symbol.asyncDispose]() {
      await within(GRACE_MS, Promise.resolve(passes[Symbol.asyncDispose]()), () => undefined)
    },
  }
}

/**
 * Makes one pass over the spool; an abort ends it before the next recording. It never throws: what fails stays in the spool, and is
 * logged.
 */
export async function recoverSpool(options: RecoverSpoolOptions, signal?: AbortSignal): Promise<void> {
  const { finalizer, spoolDir, endOf, onStored, logger } = options
  await sweepSpool(spoolDir, Date.now()).catch((err: unknown) => {
    logger.warn({ err }, 'folders of the spool can be neither removed nor used; it is tried again')
  })
  const folders = await listSpoolFolders(spoolDir).catch((err: unknown) => {
    logger.error({ err }, 'the spool cannot be read')
    return []
  })
  const dead = folders.filter(({ life }) => life === 'gone').map(({ about }) => about.recordingId)
  for (const recordingId of new Set(dead)) {
    if (signal?.aborted) return
    try {
      const end = await endOf(recordingId).catch((error: unknown) => unlessDeleted(options, recordingId, error))
      if (end === undefined) continue
      const onClosed = (stored: StoredTakes) => onStored(recordingId, stored)
      const { durationSec, segments } = await finalizer.finalize(recordingId, { ...end, onClosed })
      logger.info({ recordingId, durationSec, segments }, 'what a dead take had left in the spool is stored')
    } catch (err) {
      logger.warn({ err, recordingId }, 'what a dead take left stays in the spool; it is tried again')
    }
  }
}

/** Discards leftovers of a deleted recording. An unknown row is no proof, because a database may be lost: the store decides. */
async function unlessDeleted(
  { finalizer, logger }: RecoverSpoolOptions,
  recordingId: string,
  error: unknown,
): Promise<undefined> {
  if (toAppError(error).code !== 'recording.not-found' || !(await finalizer.discard(recordingId))) throw error
  logger.info({ recordingId }, 'what a dead take had left of a deleted recording is removed from the spool')
}
