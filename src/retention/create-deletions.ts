import { splitKey } from '../archive/keys.ts'
import type {
  ClipsOfDeleted,
  ClipsToCome,
  Clock,
  DeletionLog,
  DeletionQueue,
  Deletions,
  RecordingWriter,
} from '../recording/index.ts'
import { ignoreDeleted, wrongState } from '../recording/index.ts'
import type { Deletion } from '../recording/record.ts'
import { isFinal } from '../recording/state.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { planDeletion } from './plan-deletion.ts'

export interface DeletionsPorts {
  readonly log: DeletionLog
  readonly writer: RecordingWriter
  readonly queue: DeletionQueue
  readonly store: SegmentStore
  readonly clips: ClipsOfDeleted
  /** Keeps every recorder of the recording that may come back from writing what the takes share, for ever. */
  readonly seal: (recordingId: string, deletion: Deletion) => Promise<void>
  readonly clock: Clock
  /** Seconds after their end; null: for ever. */
  readonly defaultAgeSec: number | null
}

/** A clip that is not cut by then never will be. */
const CLIPS_WAIT_MS = 3600 * 1000
const AT_ONCE = 8
const NOTHING: ClipsToCome = { waiting: false, cutting: [], rendering: false }

export function createDeletions(ports: DeletionsPorts): Deletions {
  const { log, writer, queue, store, clips, clock } = ports
  const mark = async (id: string, highlights: Deletion['highlights']): Promise<void> => {
    await writer.change(id, (record, now) => {
      if (!isFinal(record.state)) throw wrongState(record, 'delete')
      const deletion = { at: now.toISOString(), highlights }
      return { record: { ...record, deletion }, facts: [{ type: 'recording.deleted' }] }
    })
    await queue.enqueue(id)
  }
  const settle = async (id: string, { at, highlights }: Deletion): Promise<ClipsToCome> => {
    if (highlights === 'delete') await clips.deleteAll(id)
    const isOver = clock().getTime() - Date.parse(at) >= CLIPS_WAIT_MS
    return highlights === 'delete' || isOver ? NOTHING : await clips.settle(id)
  }

  return {
    delete: mark,

    async run(id, { signal }) {
      const marked = await log.find(id)
      if (marked === undefined) return true
      const { highlights } = marked.deletion
      await ports.seal(id, marked.deletion)
      const toCome = await settle(id, marked.deletion)
      if (toCome.waiting) return false
      const outputs = highlights === 'keep' ? await clips.outputs(id) : []
      const names = planDeletion(await listNames(store, id, signal), { highlights, toCome, outputs })
      await deleteAll(
        store,
        names.map((name) => `${id}/${name}`),
        signal,
      )
      if (toCome.cutting.length > 0 || toCome.rendering) return false
      await log.remove(id)
      return true
    },

    async sweep() {
      const expired = await log.expired(clock(), ports.defaultAgeSec)
      // Another process may have marked it since.
      for (const id of expired) await mark(id, 'keep').catch(ignoreDeleted)
      for (const id of await log.marked()) await queue.enqueue(id)
    },
  }
}

async function listNames(store: SegmentStore, id: string, signal: AbortSignal): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of store.list(`${id}/`, { signal })) names.push(splitKey(key).name)
  return names
}

/** In the order of the list, some at a time: what comes later is deleted later, give or take a few. */
async function deleteAll(store: SegmentStore, keys: readonly string[], signal: AbortSignal): Promise<void> {
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    signal.throwIfAborted()
    await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => store.delete(key, { signal })))
  }
}
