import { isDeepStrictEqual } from 'node:util'
import type { SegmentStore } from '../store/segment-store.ts'
import type { HighlightsPorts } from './ports.ts'
import { type HighlightRecord, msOf } from './record.ts'
import { highlightKey } from './view.ts'

type Ids = Pick<HighlightRecord, 'id' | 'recordingId'>

/** `highlight.json`: the highlight's row beside its clip, enough to write it again. */
export async function storeManifest(store: SegmentStore, record: HighlightRecord): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`
  await store.put(`${highlightKey(record)}/highlight.json`, new TextEncoder().encode(text))
}

/**
 * Stores what the row of a clip that is ready says now, again for as long as it has changed meanwhile: of several at once
 * the last to write has written the newest. Errors: those of the store and the database.
 */
export async function keepManifest({ store, highlights }: HighlightsPorts, ids: Ids): Promise<void> {
  let stored: HighlightRecord | undefined
  for (;;) {
    const record = await highlights.find(ids.id)
    if (record === undefined) return await deleteMedia(store, ids)
    if (record.state !== 'ready' || isDeepStrictEqual(record, stored)) return
    await storeManifest(store, record)
    stored = record
  }
}

/** The row of a clip that is ready, from beside it; undefined when there is none, or none that can be read. */
export async function loadHighlight(store: SegmentStore, ids: Ids): Promise<HighlightRecord | undefined> {
  const { body } = await store.get(`${highlightKey(ids)}/highlight.json`)
  const { version, ...record } = (await new Response(body).json()) as HighlightRecord & { readonly version: number }
  const isIt = version === 1 && record.id === ids.id && record.recordingId === ids.recordingId
  const times = [record.at, record.from, record.to, record.createdAt, record.readyAt]
  return isIt && record.state === 'ready' && times.every((time) => Number.isFinite(msOf(time ?? '')))
    ? record
    : undefined
}

/** Deletes everything that is stored for a highlight; twice is as once. Errors: those of the store. */
export async function deleteMedia(store: SegmentStore, ids: Ids): Promise<void> {
  const keys: string[] = []
  for await (const { key } of store.list(`${highlightKey(ids)}/`)) keys.push(key)
  for (const key of keys) await store.delete(key)
}

/** Ends the deletion of a highlight: its media, then what is left of its row. */
export async function purge({ store, highlights }: HighlightsPorts, ids: Ids): Promise<void> {
  await deleteMedia(store, ids)
  await highlights.purge(ids.id)
}
