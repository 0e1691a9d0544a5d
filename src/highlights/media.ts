import { dequal } from 'dequal/lite'
import { folderKey, objectKey } from '../archive/keys.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import type { HighlightsPorts } from './ports.ts'
import { type HighlightRecord, msOf, type RecapRecord } from './record.ts'

type Ids = Pick<HighlightRecord, 'id' | 'recordingId'>

/** `highlight.json`: the highlight's row beside its clip, enough to write it again. */
export async function storeManifest(store: SegmentStore, record: HighlightRecord): Promise<void> {
  await putRow(store, objectKey(record.recordingId, 'highlightManifest', { highlight: record.id }), record)
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
    if (record.state !== 'ready' || dequal(record, stored)) return
    await storeManifest(store, record)
    stored = record
  }
}

/** The row of a clip that is ready, from beside it; undefined when there is none, or none that can be read. */
export async function loadHighlight(store: SegmentStore, ids: Ids): Promise<HighlightRecord | undefined> {
  const record = await getRow<HighlightRecord>(
    store,
    objectKey(ids.recordingId, 'highlightManifest', { highlight: ids.id }),
    ids,
  )
  const times = [record?.at, record?.from, record?.to, record?.createdAt, record?.readyAt]
  return record?.state === 'ready' && areTimes(times) ? record : undefined
}

/** `outputs/<recap id>.json`: the row of a recap beside its film. Errors: those of the store and the database. */
export async function keepRecap({ store, recaps }: HighlightsPorts, record: RecapRecord): Promise<void> {
  await putRow(store, objectKey(record.recordingId, 'recapManifest', { recap: record.id }), record)
  if ((await recaps.find(record.id)) === undefined) await deleteFilm(store, record)
}

/** The row of a recap whose film is there, from beside it; undefined when there is none, or none that can be read. */
export async function loadRecap(store: SegmentStore, ids: Ids): Promise<RecapRecord | undefined> {
  const record = await getRow<RecapRecord>(store, objectKey(ids.recordingId, 'recapManifest', { recap: ids.id }), ids)
  return record?.state === 'ready' && areTimes([record.createdAt, record.readyAt]) ? record : undefined
}

/** Deletes the film of a recap and what is beside it. Idempotent. Errors: those of the store. */
export async function deleteFilm(store: SegmentStore, ids: Ids): Promise<void> {
  for (const kind of ['recapManifest', 'recap'] as const) {
    await store.delete(objectKey(ids.recordingId, kind, { recap: ids.id }))
  }
}

/** Deletes everything that is stored for a highlight. Idempotent. Errors: those of the store. */
export async function deleteMedia(store: SegmentStore, ids: Ids): Promise<void> {
  const keys: string[] = []
  for await (const { key } of store.list(folderKey(ids.recordingId, 'highlight', { highlight: ids.id }))) keys.push(key)
  for (const key of keys) await store.delete(key)
}

/** Ends the deletion of a highlight: its media, then what is left of its row. */
export async function purge({ store, highlights }: HighlightsPorts, ids: Ids): Promise<void> {
  await deleteMedia(store, ids)
  await highlights.purge(ids.id)
}

async function putRow(store: SegmentStore, key: string, record: Ids): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`
  await store.put(key, new TextEncoder().encode(text))
}

/** Undefined when it is not the row of this one. */
async function getRow<Row extends Ids>(store: SegmentStore, key: string, ids: Ids): Promise<Row | undefined> {
  const { body } = await store.get(key)
  const { version, ...record } = (await new Response(body).json()) as Row & { readonly version: number }
  const isIt = version === 1 && record.id === ids.id && record.recordingId === ids.recordingId
  return isIt ? (record as unknown as Row) : undefined
}

const areTimes = (times: readonly (string | null | undefined)[]): boolean =>
  times.every((time) => Number.isFinite(msOf(time ?? '')))
