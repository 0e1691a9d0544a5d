import type { SegmentStore } from '../store/segment-store.ts'
import { wrongState } from './changes.ts'
import type { DeletionLog, DeletionQueue, Deletions } from './deletions.ts'
import { isClipPlaylist, parseClipSegments, planDeletion } from './plan-deletion.ts'
import type { Clock } from './ports.ts'
import type { Deletion } from './record.ts'
import { isFinal } from './state.ts'
import type { RecordingWriter } from './write.ts'

export interface DeletionsPorts {
  readonly log: DeletionLog
  readonly writer: RecordingWriter
  readonly queue: DeletionQueue
  readonly store: SegmentStore
  readonly clock: Clock
  /** Seconds after their end; null: for ever. */
  readonly defaultAgeSec: number | null
  /** Takes the highlights of a recording away, with their shares. */
  readonly deleteHighlights?: (recordingId: string) => Promise<void>
}

/** A clip that is not cut by then never will be. */
const CLIPS_WAIT_MS = 3600 * 1000
const AT_ONCE = 8

export function createDeletions(ports: DeletionsPorts): Deletions {
  const { log, writer, queue, store, clock } = ports
  const mark = async (id: string, highlights: Deletion['highlights']): Promise<void> => {
    await writer.change(id, (record, now) => {
      if (!isFinal(record.state)) throw wrongState(record, 'delete')
      const deletion = { at: now.toISOString(), highlights }
      return { record: { ...record, deletion }, facts: [{ type: 'recording.deleted' }] }
    })
    await queue.enqueue(id)
  }

  return {
    delete: mark,

    async run(id, { signal }) {
      const marked = await log.find(id)
      if (marked === undefined) return true
      const { at, highlights } = marked.deletion
      if (highlights === 'delete') await ports.deleteHighlights?.(id)
      const names = await listNames(store, id, signal)
      const waits = clock().getTime() - Date.parse(at) < CLIPS_WAIT_MS
      const pins = waits ? await readPins(store, id, { names, signal }) : new Map()
      const plan = planDeletion(names, { highlights, pins })
      await deleteAll(
        store,
        plan.keys.map((name) => `${id}/${name}`),
        signal,
      )
      if (plan.waits) return false
      await log.remove(id)
      return true
    },

    async sweep() {
      const expired = await log.expired(clock(), ports.defaultAgeSec)
      for (const id of expired) await mark(id, 'keep')
      for (const id of await log.marked()) await queue.enqueue(id)
    },
  }
}

async function listNames(store: SegmentStore, id: string, signal: AbortSignal): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of store.list(`${id}/`, { signal })) names.push(key.slice(id.length + 1))
  return names
}

/** The segments that each of these playlists of a clip names. */
export async function readPins(
  store: SegmentStore,
  id: string,
  { names, signal }: { readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const pins = new Map<string, readonly string[]>()
  for (const name of names.filter(isClipPlaylist)) {
    const { body } = await store.get(`${id}/${name}`, { signal })
    pins.set(name, parseClipSegments(await new Response(body).text()))
  }
  return pins
}

/** In the order of the list, some at a time: what comes later is deleted later, give or take a few. */
async function deleteAll(store: SegmentStore, keys: readonly string[], signal: AbortSignal): Promise<void> {
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    signal.throwIfAborted()
    await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => store.delete(key, { signal })))
  }
}
