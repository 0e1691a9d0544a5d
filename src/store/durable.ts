import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a file in one step: `write` fills a temporary file beside it, which is synced and renamed, and the folder is synced.
 * After a power cut there is the old file or the new one, never a part. Throws the file system's own error.
 */
export async function replaceFile(
  { path, temporary }: { readonly path: string; readonly temporary: string },
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  try {
    await write(temporary)
    await syncPath(temporary)
    await rename(temporary, path)
    await syncPath(dirname(path))
  } catch (error) {
    // The first error says more than one of this.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Makes a folder, and those above it that are missing; after a power cut they are there. Throws the file system's own error. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncPath(dirname(made))
}

/** Makes a file's bytes, or a folder's names, survive a power cut (fsync(2)). */
export async function syncPath(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.sync()
}
