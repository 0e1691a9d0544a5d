import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { StoreLocation } from '../protocol/index.ts'
import { fsError } from './fs-error.ts'
import { s3Error } from './s3-error.ts'
import { createS3Links } from './s3-links.ts'
import type { ByteRange, SegmentStore, StoredObject, StoredObjectInfo, StoreLinks } from './segment-store.ts'
import { assertReadableKey, assertWritableKey, isStoreKey } from './store-key.ts'

type S3Location = Extract<StoreLocation, { kind: 's3' }>
type Options = { readonly signal?: AbortSignal }
/** Above this size a file is sent in parts: an S3 part has at least 5 MiB, and a whole one must fit in memory. */
const MULTIPART_BYTES = 16 * 1024 * 1024
const CHECK_KEY = 'panorec-check'

/** Time-outs of a call, milliseconds; past them it fails as `store.unavailable`. */
interface S3Times {
  readonly connectMs: number
  /** Without a byte in either direction. */
  readonly idleMs: number
  /** For a whole call, however slowly it moves. */
  readonly callMs: number
}
/** A segment passes a slow line in minutes; a server that says nothing for so long does not come back to this call. */
const TIMES: S3Times = { connectMs: 5_000, idleMs: 20_000, callMs: 300_000 }

/** A viewer on a slow line holds one for as long as a segment takes; the SDK's own 50 would be taken by as many of them. */
const MAX_SOCKETS = 2_000

/** Opens a bucket's prefix; the credentials, and the region when none is given, come from the SDK's own chain. */
export function openS3SegmentStore(location: S3Location, times: S3Times = TIMES): SegmentStore {
  const client = new S3Client({
    region: location.region ?? findRegion,
    ...(location.endpoint === undefined ? {} : { endpoint: location.endpoint }),
    forcePathStyle: location.forcePathStyle ?? location.endpoint !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: times.connectMs,
      socketTimeout: times.idleMs,
      requestTimeout: times.callMs,
      // Without it the SDK only logs that a call has taken longer.
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent: { maxSockets: MAX_SOCKETS },
    },
  })
  return new S3SegmentStore(client, location)
}

/** `AWS_REGION` or the profile's; where neither is set most servers that are not AWS take this one. */
async function findRegion(): Promise<string> {
  const probe = new S3Client({})
  const region = await probe.config.region().catch(() => 'us-east-1')
  probe.destroy()
  return region
}

/** Objects below a prefix of a bucket. A PUT of S3 is atomic by itself; conditional writes are not used. */
class S3SegmentStore implements SegmentStore {
  readonly links: StoreLinks
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string
  readonly #encryption: { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string }

  constructor(client: S3Client, location: Pick<S3Location, 'bucket' | 'prefix' | 'encryption'>) {
    this.#client = client
    this.#bucket = location.bucket
    this.#encryption = encryptionOf(location.encryption)
    this.#prefix = location.prefix === '' || location.prefix.endsWith('/') ? location.prefix : `${location.prefix}/`
    this.links = createS3Links(client, (key) => this.#at(key))
  }

  async put(key: string, body: Uint8Array, options: Options = {}): Promise<void> {
    assertWritableKey(key)
    await this.#call('Writing', key, () =>
      this.#client.send(
        new PutObjectCommand({ ...this.#at(key), ...this.#encryption, Body: body }),
        abortable(options),
      ),
    )
  }

  async putFile(key: string, path: string, options: Options = {}): Promise<void> {
    assertWritableKey(key)
    const { size } = await stat(path).catch((error: unknown) => {
      throw fsError(`Reading \`${path}\``, error)
    })
    if (size <= MULTIPART_BYTES) return this.put(key, await readFile(path), options)
    await this.#call('Writing', key, () => this.#upload(key, path, options))
  }

  async get(key: string, options: Options & { readonly range?: ByteRange } = {}): Promise<StoredObject> {
    assertReadableKey(key)
    const Range = options.range && `bytes=${options.range.start}-${options.range.end ?? ''}`
    const response = await this.#call('Reading', key, () =>
      this.#client.send(new GetObjectCommand({ ...this.#at(key), ...(Range ? { Range } : {}) }), abortable(options)),
    )
    return storedObject(key, response)
  }

  async head(key: string, options: Options = {}): Promise<StoredObjectInfo | undefined> {
    if (!isStoreKey(key)) return undefined
    try {
      const response = await this.#call('Reading', key, () =>
        this.#client.send(new HeadObjectCommand(this.#at(key)), abortable(options)),
      )
      return infoOf(key, response.ContentLength, response)
    } catch (error) {
      const failure = s3Error('Reading', key, error)
      if (failure.code === 'store.not-found') return undefined
      throw failure
    }
  }

  async *list(prefix: string, options: Options = {}): AsyncIterable<StoredObjectInfo> {
    for await (const { Contents = [] } of this.#pages(prefix, {}, options)) {
      for (const object of Contents) {
        if (object.Key !== undefined) yield infoOf(object.Key.slice(this.#prefix.length), object.Size, object)
      }
    }
  }

  async *folders(folder: string, options: Options = {}): AsyncIterable<string> {
    for await (const { CommonPrefixes = [] } of this.#pages(folder, { Delimiter: '/' }, options)) {
      for (const { Prefix = '' } of CommonPrefixes) yield Prefix.slice(this.#prefix.length + folder.length, -1)
    }
  }

  async delete(key: string, options: Options = {}): Promise<void> {
    if (!isStoreKey(key)) return
    await this.#call('Deleting', key, () =>
      this.#client.send(new DeleteObjectCommand(this.#at(key)), abortable(options)),
    )
  }

  async check(options: Options = {}): Promise<void> {
    const key = `${CHECK_KEY}-${randomUUID()}`
    await this.put(key, new TextEncoder().encode(key), options)
    try {
      await (await this.get(key, options)).body.cancel()
    } finally {
      // Without the signal: what is late must not lie there for ever.
      await this.delete(key)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy()
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key }
  }

  async *#pages(
    prefix: string,
    grouping: { readonly Delimiter?: string },
    options: Options,
  ): AsyncIterable<ListObjectsV2CommandOutput> {
    let token: string | undefined
    do {
      const input = { Bucket: this.#bucket, Prefix: this.#prefix + prefix, ...grouping }
      const page = await this.#call('Listing', prefix, () =>
        this.#client.send(
          new ListObjectsV2Command({ ...input, ...(token !== undefined && { ContinuationToken: token }) }),
          abortable(options),
        ),
      )
      yield page
      token = page.NextContinuationToken
    } while (token !== undefined)
  }

  async #upload(key: string, path: string, options: Options): Promise<void> {
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#at(key), ...this.#encryption, Body: createReadStream(path) },
    })
    const abort = (): void => void upload.abort()
    options.signal?.addEventListener('abort', abort, { once: true })
    try {
      await upload.done()
    } finally {
      options.signal?.removeEventListener('abort', abort)
    }
  }

  async #call<T>(doing: string, key: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw s3Error(`${doing} \`${key}\` in bucket \`${this.#bucket}\``, key, error)
    }
  }
}

function encryptionOf(encryption: S3Location['encryption']) {
  if (encryption === undefined) return {}
  const { algorithm, keyId } = encryption
  return { ServerSideEncryption: algorithm, ...(keyId !== undefined && { SSEKMSKeyId: keyId }) }
}

function abortable(options: Options): { abortSignal?: AbortSignal } {
  return options.signal === undefined ? {} : { abortSignal: options.signal }
}

function infoOf(
  key: string,
  size: number | undefined,
  fields: { ETag?: string | undefined; LastModified?: Date | undefined },
): StoredObjectInfo {
  return { key, size: size ?? 0, modifiedAt: fields.LastModified ?? new Date(0), etag: fields.ETag ?? '""' }
}

/** `Content-Range: bytes 0-99/1234` holds both the part that was sent and the size of the whole (RFC 9110 §14.4). */
function storedObject(key: string, response: GetObjectCommandOutput): StoredObject {
  const part = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.ContentRange ?? '')
  const range = part === null ? undefined : { start: Number(part[1]), end: Number(part[2]) }
  const body = response.Body?.transformToWebStream() ?? new Blob([]).stream()
  return { ...infoOf(key, part === null ? response.ContentLength : Number(part[3]), response), body, range }
}
