import { deltaUpdate, joinIndex } from '../playlist/index.ts'
import { AppError } from '../protocol/index.ts'
import type { SegmentStore, StoredObject, StoredObjectInfo } from '../store/segment-store.ts'
import { findObject, objectKey, splitKey } from './keys.ts'
import { undefinedIfMissing } from './stored-text.ts'

interface PlayerViewOptions {
  /** Of a running index: `allow` says that delta updates may be asked for, `skip` is one. Without it there is nothing of them. */
  readonly delta?: 'allow' | 'skip' | undefined
}

/**
 * Shows the store as players read it: the index is whole, also while the newest segments of a running recording are only in the tail,
 * and it never becomes shorter from one read to the next. Everything else is passed through.
 */
export function playerView(
  store: Pick<SegmentStore, 'get' | 'head'>,
  { delta }: PlayerViewOptions = {},
): Pick<SegmentStore, 'get' | 'head'> {
  const readIndex = (key: string, signal: AbortSignal | undefined) => readWholeIndex(store, key, { delta, signal })
  return {
    async get(key, options = {}) {
      if (!isIndex(key)) return await store.get(key, options)
      const { bytes, info } = await readIndex(key, options.signal)
      if (options.range === undefined) return { ...info, body: streamOf(bytes), range: undefined }
      const end = Math.min(options.range.end ?? info.size - 1, info.size - 1)
      if (options.range.start > end) throw new AppError('store.range-invalid', `The byte range lies outside \`${key}\``)
      const range = { start: options.range.start, end }
      return { ...info, body: streamOf(bytes.subarray(range.start, end + 1)), range }
    },
    async head(key, options = {}) {
      if (!isIndex(key)) return await store.head(key, options)
      return (await undefinedIfMissing(() => readIndex(key, options.signal)))?.info
    },
  }
}

const isIndex = (key: string): boolean => findObject(splitKey(key).name)?.kind === 'index'

async function readWholeIndex(
  store: Pick<SegmentStore, 'get' | 'head'>,
  key: string,
  { delta, signal }: PlayerViewOptions & { readonly signal: AbortSignal | undefined },
): Promise<{ readonly bytes: Uint8Array; readonly info: StoredObjectInfo }> {
  const options = signal === undefined ? {} : { signal }
  const tail = await undefinedIfMissing(() =>
    store.get(objectKey(splitKey(key).recordingId, 'tail'), options).then(readText),
  )
  const index = await readText(await store.get(key, options))
  const whole = joinIndex(index.text, tail?.text)
  const bytes = new TextEncoder().encode(delta === undefined ? whole : deltaUpdate(whole, { skip: delta === 'skip' }))
  const etag = tail === undefined ? index.etag : `"${`${index.etag}+${tail.etag}`.replaceAll('"', '')}"`
  const modifiedAt = tail !== undefined && tail.modifiedAt > index.modifiedAt ? tail.modifiedAt : index.modifiedAt
  return { bytes, info: { key, size: bytes.byteLength, etag, modifiedAt } }
}

async function readText({ body, etag, modifiedAt }: StoredObject) {
  return { text: await new Response(body).text(), etag, modifiedAt }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}
