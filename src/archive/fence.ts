import { AppError, type RecorderRequest, toAppError } from '../protocol/index.ts'
import type { Deletion } from '../recording/record.ts'
import type { SegmentStore } from '../store/index.ts'
import { folderKey, objectKey } from './keys.ts'
import { getText, putText } from './stored-text.ts'

/** A store into which only the newest take of a recording may write what all takes share. */
export interface FencedStore extends SegmentStore {
  /**
   * Claims what all takes share: raises the stored fencing token to this take's number, or throws `take.superseded` when it is higher.
   * Each write beside the take's own folder does it first. Idempotent. Errors: those of the store.
   */
  claim(): Promise<void>
}

/** A fencing token above that of every take: nobody may write any more. */
const CLOSED = Number.MAX_SAFE_INTEGER

/**
 * Fences off a take that was given up, but came back to life: its number is its fencing token, which is compared with the stored one
 * before it writes a playlist, the manifest or the signals. An S3 without conditional writes allows no more: a take that is overtaken
 * between its check and its write spoils one version of a playlist, which the newest take's next one replaces. A first take
 * stores no token.
 */
export function fenceStore(
  store: SegmentStore,
  { recordingId, take }: Pick<RecorderRequest, 'recordingId' | 'take'>,
  onSuperseded: (error: AppError) => void = () => {},
): FencedStore {
  const own = folderKey(recordingId, 'take', { take })
  let checking: Promise<void> | undefined

  async function check(): Promise<void> {
    const newest = await newestTake(store, recordingId)
    if (newest < take) await putNewest(store, recordingId, take)
    if (newest > take) throw superseded({ recordingId, take, newest })
  }
  /** Writes that begin together share one check. */
  function claim(): Promise<void> {
    checking ??= check()
      .catch((thrown: unknown) => {
        const error = toAppError(thrown)
        if (error.code === 'take.superseded') onSuperseded(error)
        throw error
      })
      .finally(() => {
        checking = undefined
      })
    return checking
  }
  const guard = async (key: string): Promise<void> => {
    if (!key.startsWith(own)) await claim()
  }
  return {
    claim,
    async put(key, body, options) {
      await guard(key)
      await store.put(key, body, options)
    },
    async putFile(key, path, options) {
      await guard(key)
      await store.putFile(key, path, options)
    },
    get: (key, options) => store.get(key, options),
    head: (key, options) => store.head(key, options),
    list: (prefix, options) => store.list(prefix, options),
    folders: (folder, options) => store.folders(folder, options),
    async delete(key, options) {
      await guard(key)
      await store.delete(key, options)
    },
    check: (options) => store.check(options),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** Closes the recording to every take, also to those that are still to come: none may write what all share. Idempotent. */
export async function sealRecording(store: SegmentStore, recordingId: string): Promise<void> {
  if ((await newestTake(store, recordingId)) < CLOSED) await putNewest(store, recordingId, CLOSED)
}

/**
 * Closes a deleted recording to every take, for ever. The fence outlives it: whoever restores rows from the store learns from it
 * that what else is there has to go.
 */
export async function sealDeleted(store: SegmentStore, recordingId: string, deletion: Deletion): Promise<void> {
  await putText(store, keyOf(recordingId), `${JSON.stringify({ take: CLOSED, deletion })}\n`)
}

/** How the recording was deleted; undefined when it was not. Errors: those of the store. */
export async function loadDeletion(store: SegmentStore, recordingId: string): Promise<Deletion | undefined> {
  const text = await getText(store, keyOf(recordingId))
  return text === undefined ? undefined : (JSON.parse(text) as { deletion?: Deletion }).deletion
}

async function newestTake(store: SegmentStore, recordingId: string): Promise<number> {
  const text = await getText(store, keyOf(recordingId))
  return text === undefined ? 1 : (JSON.parse(text) as { take: number }).take
}

async function putNewest(store: SegmentStore, recordingId: string, take: number): Promise<void> {
  await putText(store, keyOf(recordingId), `${JSON.stringify({ take })}\n`)
}

const keyOf = (recordingId: string): string => objectKey(recordingId, 'fence')

function superseded({ recordingId, take, newest }: { recordingId: string; take: number; newest: number }): AppError {
  const why = newest === CLOSED ? 'the recording was closed' : `take ${newest} has begun`
  return new AppError('take.superseded', `Take ${take} of ${recordingId} ends, because ${why}.`, {
    details: { take, newest },
  })
}
