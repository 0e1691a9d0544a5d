import { randomUUID } from 'node:crypto'
import { type BigIntStats, constants, type Dirent } from 'node:fs'
import { copyFile, type FileHandle, open, opendir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { RETRY_POLICIES, retry } from '../timing/index.ts'
import { makeFolder, replaceFile } from './durable.ts'
import { fsError, isMissing } from './fs-error.ts'
import { removeEmptyFolders } from './remove-empty-folders.ts'
import type { ByteRange, SegmentStore, StoredObject, StoredObjectInfo } from './segment-store.ts'
import { assertReadableKey, assertWritableKey, isStoreKey, notFound, rangeInvalid } from './store-key.ts'

type Options = { readonly signal?: AbortSignal }
const CHECK_KEY = 'panorec-check'

/**
 * Objects as files below one folder. A write goes to a temporary file beside its place, is synced, renamed over it, and
 * the folder is synced: after a power cut there is the old object or the new one. A folder goes with its last object, and with
 * it what a killed writer had left there.
 */
export class FsSegmentStore implements SegmentStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async put(key: string, body: Uint8Array, options: Options = {}): Promise<void> {
    await this.#replace(key, options, (temporary) => writeFile(temporary, body, { flag: 'wx' }))
  }

  async putFile(key: string, path: string, options: Options = {}): Promise<void> {
    await this.#replace(key, options, (temporary) =>
      copyFile(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
    )
  }

  async get(key: string, options: Options & { readonly range?: ByteRange } = {}): Promise<StoredObject> {
    options.signal?.throwIfAborted()
    assertReadableKey(key)
    const file = await open(join(this.#root, key)).catch((error: unknown) => {
      throw isMissing(error) ? notFound(key, error) : fsError(`Reading \`${key}\``, error)
    })
    try {
      const info = infoOf(key, await fileStats(file, key))
      const range = resolveRange(info, options.range)
      return { ...info, body: bodyOf(file, info.size, range), range }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async head(key: string, options: Options = {}): Promise<StoredObjectInfo | undefined> {
    options.signal?.throwIfAborted()
    if (!isStoreKey(key)) return undefined
    try {
      const stats = await stat(join(this.#root, key), { bigint: true })
      return stats.isFile() ? infoOf(key, stats) : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw fsError(`Reading \`${key}\``, error)
    }
  }

  async *list(prefix: string, options: Options = {}): AsyncIterable<StoredObjectInfo> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '' && !isStoreKey(folder.slice(0, -1))) return
    for await (const key of this.#keysBelow(folder)) {
      options.signal?.throwIfAborted()
      if (!key.startsWith(prefix)) continue
      const info = await this.head(key, options)
      if (info !== undefined) yield info
    }
  }

  async *folders(folder: string, options: Options = {}): AsyncIterable<string> {
    options.signal?.throwIfAborted()
    if (folder !== '' && !isStoreKey(folder.slice(0, -1))) return
    for (const name of await this.#namesIn(folder)) {
      if (name.endsWith('/') && (await this.#hasObjects(folder + name))) yield name.slice(0, -1)
    }
  }

  async delete(key: string, options: Options = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (!isStoreKey(key)) return
    const path = join(this.#root, key)
    try {
      await rm(path, { force: true })
      await removeEmptyFolders(dirname(path), this.#root)
    } catch (error) {
      throw fsError(`Deleting \`${key}\``, error)
    }
  }

  async check(options: Options = {}): Promise<void> {
    const key = `${CHECK_KEY}-${randomUUID()}`
    await this.put(key, new TextEncoder().encode(key), options)
    await (await this.get(key, options)).body.cancel()
    await this.delete(key, options)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #replace(key: string, options: Options, write: (temporary: string) => Promise<void>): Promise<void> {
    options.signal?.throwIfAborted()
    assertWritableKey(key)
    const path = join(this.#root, key)
    const folder = dirname(path)
    const once = async (): Promise<void> => {
      try {
        await makeFolder(folder)
        await replaceFile({ path, temporary: join(folder, `.${randomUUID()}.tmp`) }, write)
      } catch (error) {
        throw fsError(`Writing \`${key}\``, error)
      }
    }
    // A delete of a folder's last object removes the folder, perhaps between two steps of this write.
    await retry(once, { policy: RETRY_POLICIES.lostFolder, isWorthIt: ({ cause }) => isMissing(cause) })
  }

  async #hasObjects(folder: string): Promise<boolean> {
    const directory = await opendir(join(this.#root, folder)).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw fsError(`Listing \`${folder}\``, error)
    })
    for await (const entry of directory) {
      if (!isStoreKey(entry.name)) continue
      if (!entry.isDirectory() || (await this.#hasObjects(`${folder}${entry.name}/`))) return true
    }
    return false
  }

  /** Sorts as whole keys do: a folder by its name with the slash that follows it. */
  async *#keysBelow(folder: string): AsyncIterable<string> {
    for (const name of await this.#namesIn(folder)) {
      if (name.endsWith('/')) yield* this.#keysBelow(folder + name)
      else yield folder + name
    }
  }

  /** Names of folders end in a slash. */
  async #namesIn(folder: string): Promise<readonly string[]> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [] as Dirent[]
      throw fsError(`Listing \`${folder}\``, error)
    })
    return entries
      .filter((entry) => isStoreKey(entry.name))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort((a, b) => (a < b ? -1 : 1))
  }
}

async function fileStats(file: FileHandle, key: string): Promise<BigIntStats> {
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) throw notFound(key)
  return stats
}

/** Every `put` makes a new file, so its inode and its time change with its bytes. */
function infoOf(key: string, stats: BigIntStats): StoredObjectInfo {
  const etag = `"${stats.ino.toString(36)}-${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}"`
  return { key, size: Number(stats.size), modifiedAt: stats.mtime, etag }
}

function resolveRange(info: StoredObjectInfo, range: ByteRange | undefined): StoredObject['range'] {
  if (range === undefined) return undefined
  const end = Math.min(range.end ?? info.size - 1, info.size - 1)
  if (range.start < 0 || range.start >= info.size || end < range.start) throw rangeInvalid(info.key, info.size)
  return { start: range.start, end }
}

function bodyOf(file: FileHandle, size: number, range: StoredObject['range']): ReadableStream<Uint8Array> {
  const bounds = range ?? (size === 0 ? undefined : { start: 0, end: size - 1 })
  const stream = file.createReadStream({ ...bounds, autoClose: true })
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>
}
