import { splitKey } from '../archive/keys.ts'
import type { ClipsOfDeleted, PendingClips } from '../highlights/index.ts'
import {
  type Clock,
  type Deletion,
  ignoreDeleted,
  isFinal,
  type RecordingWriter,
  wrongState,
} from '../recording/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { planDeletion } from './plan-deletion.ts'
import type { DeletionLog, DeletionQueue, MarkedRecording } from './ports.ts'

interface DeletionsPorts {
  readonly log: DeletionLog
  readonly writer: RecordingWriter
  readonly queue: DeletionQueue
  readonly store: SegmentStore
  readonly clips: Pick<ClipsOfDeleted, 'planRemaining' | 'outputs' | 'deleteAll'>
  /** Fences off every recorder of the recording that may come back: it can never write what the takes share again. */
  readonly seal: (recordingId: string, deletion: Deletion) => Promise<void>
  readonly clock: Clock
  /** Seconds after their end; null: for ever. */
  readonly defaultAgeSec: number | null
}

/** A clip that is not cut by then never will be. */
const CLIPS_WAIT_MS = 3600 * 1000
const AT_ONCE = 8
const NOTHING_PENDING: PendingClips = { waiting: false, cutting: [], rendering: false }

/** Deletes recordings: the mark at once, then object by object, then the row. An interrupted deletion is resumed. */
export class Deletions {
  readonly #ports: DeletionsPorts

  constructor(ports: DeletionsPorts) {
    this.#ports = ports
  }

  /** Marks the recording: it is not found any more. Errors: `recording.not-found`, `recording.wrong-state`. */
  async delete(id: string, highlights: Deletion['highlights']): Promise<void> {
    const { writer, queue } = this.#ports
    await writer.change(id, (record, now) => {
      if (!isFinal(record.state)) throw wrongState(record, 'delete')
      const deletion = { at: now.toISOString(), highlights }
      return { record: { ...record, deletion }, facts: [{ type: 'recording.deleted' }] }
    })
    await queue.enqueue(id)
  }

  /** Deletes what is left of a marked recording. False when clips still need some of it: it is to be called again. */
  async run(id: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    const { log, seal } = this.#ports
    const marked = await log.find(id)
    if (marked === undefined) return true
    await seal(id, marked.deletion)
    const pending = await this.#pendingClips(marked)
    if (pending.waiting) return false
    await this.#deleteObjects(marked, pending, signal)
    if (pending.cutting.length > 0 || pending.rendering) return false
    await log.remove(id)
    return true
  }

  /** Marks recordings that have outlived their retention, and enqueues everything that is marked. */
  async sweep(): Promise<void> {
    const { log, queue, clock, defaultAgeSec } = this.#ports
    const expired = await log.expired(clock(), defaultAgeSec)
    // Another process may have marked it since.
    for (const id of expired) await this.delete(id, 'keep').catch(ignoreDeleted)
    for (const id of await log.marked()) await queue.enqueue(id)
  }

  async #pendingClips({ id, deletion: { at, highlights } }: MarkedRecording): Promise<PendingClips> {
    const { clips, clock } = this.#ports
    if (highlights === 'delete') await clips.deleteAll(id)
    const isOver = clock().getTime() - Date.parse(at) >= CLIPS_WAIT_MS
    return highlights === 'delete' || isOver ? NOTHING_PENDING : await clips.planRemaining(id)
  }

  async #deleteObjects({ id, deletion }: MarkedRecording, pending: PendingClips, signal: AbortSignal): Promise<void> {
    const { store, clips } = this.#ports
    const { highlights } = deletion
    const outputs = highlights === 'keep' ? await clips.outputs(id) : []
    const names = planDeletion(await listNames(store, id, signal), { highlights, pending, outputs })
    await deleteAll(
      store,
      names.map((name) => `${id}/${name}`),
      signal,
    )
  }
}

async function listNames(store: SegmentStore, id: string, signal: AbortSignal): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of store.list(`${id}/`, { signal })) names.push(splitKey(key).name)
  return names
}

/** Keeps the order of the list, give or take the few that are deleted at once. */
async function deleteAll(store: SegmentStore, keys: readonly string[], signal: AbortSignal): Promise<void> {
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    signal.throwIfAborted()
    await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => store.delete(key, { signal })))
  }
}
