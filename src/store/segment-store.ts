export interface StoredObjectInfo {
  readonly key: string
  /** Bytes of the whole object. */
  readonly size: number
  readonly modifiedAt: Date
  /** A strong validator: changes whenever the bytes change. */
  readonly etag: string
}

/** An inclusive byte range, as in RFC 9110 §14.1.2; without `end` to the object's end. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

export interface StoredObject extends StoredObjectInfo {
  /** The bytes asked for. The reader consumes it whole or cancels it. */
  readonly body: ReadableStream<Uint8Array>
  /** The range that `body` holds; undefined when it is the whole object. */
  readonly range: { readonly start: number; readonly end: number } | undefined
}

/** How the store is to answer whoever follows a link. */
interface LinkOptions {
  readonly contentType: string
  readonly contentDisposition?: string
  readonly cacheControl: string
  readonly nowMs: number
  /** The link expires after so long at the latest. */
  readonly maxSec?: number
}

/** Links to objects that need no credentials, for GET alone, with and without a range. */
export interface StoreLinks {
  /** The origin of every link, for a content security policy. */
  origin(): Promise<string>
  /** A link that works for minutes; within `freshSec` it may be handed out again. The object need not be there. */
  linkTo(key: string, options: LinkOptions): Promise<{ readonly url: string; readonly freshSec: number }>
}

/**
 * Where segments, playlists, clips and manifests live. Keys are `/`-separated relative paths (`rec_…/takes/1/0.ts`).
 * A `put` is atomic and durable when it resolves: concurrent readers see the old bytes or the new, never a part.
 * Errors: `store.not-found`, `store.range-invalid`, `store.unavailable` (retryable), `store.refused`, `spool.disk-full`.
 */
export interface SegmentStore extends AsyncDisposable {
  put(key: string, body: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Stores a local file's bytes; the file stays where it is and must not change meanwhile. */
  putFile(key: string, path: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  get(key: string, options?: { readonly range?: ByteRange; readonly signal?: AbortSignal }): Promise<StoredObject>
  /** Undefined when there is no such object. */
  head(key: string, options?: { readonly signal?: AbortSignal }): Promise<StoredObjectInfo | undefined>
  /** Lists every object whose key starts with the prefix, in the order of keys. */
  list(prefix: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<StoredObjectInfo>
  /** Names right below a folder (`''`, or ending in `/`) that have objects below them, in order; it reads nothing deeper. */
  folders(folder: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<string>
  /** Idempotent: deleting what is not there is no error. */
  delete(key: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Signed links; undefined for a store that nobody but its driver can reach. */
  readonly links?: StoreLinks
  /** Writes, reads and deletes a probe; throws what a recording would meet. */
  check(options?: { readonly signal?: AbortSignal }): Promise<void>
}
