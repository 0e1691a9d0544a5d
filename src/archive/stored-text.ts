import { AppError } from '../protocol/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'

/** Stores a text as UTF-8. Errors: those of the store. */
export async function putText(store: SegmentStore, key: string, text: string): Promise<void> {
  await store.put(key, new TextEncoder().encode(text))
}

/** Loads a text; undefined when there is no such object. Errors: those of the store. */
export async function getText(store: Pick<SegmentStore, 'get'>, key: string): Promise<string | undefined> {
  return undefinedIfMissing(async () => await new Response((await store.get(key)).body).text())
}

/** Resolves with what `read` does; with undefined when it throws `store.not-found`. */
export async function undefinedIfMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AppError && error.code === 'store.not-found') return undefined
    throw error
  }
}
