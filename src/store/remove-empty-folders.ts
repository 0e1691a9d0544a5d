import { opendir, rm, rmdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { errnoOf } from './fs-error.ts'

/** What a writer that was killed leaves beside its object. */
const TEMPORARY = /^\.[0-9a-f-]{36}\.tmp$/
/** Errors that mean another process was faster: the folder is gone, or in use again. */
const OVERTAKEN: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EBUSY'])

/**
 * Removes a folder in which nothing is but empty folders and temporary files, and those above it of which the same is true,
 * never the root. A file that comes meanwhile stays. Throws the file system's own error.
 */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let at = folder; relative(root, at) !== '' && !relative(root, at).startsWith('..'); at = dirname(at)) {
    if (!(await isEmpty(at)) || !(await removeEmpty(at))) return
  }
}

/** Ends with the first entry that is worth keeping: a folder of a day of segments is not read whole for each of them. */
async function isEmpty(folder: string): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.isDirectory()) {
        if (!(await isEmpty(join(folder, entry.name)))) return false
      } else if (!TEMPORARY.test(entry.name)) return false
    }
    return true
  } catch (error) {
    return unlessOvertaken(error)
  }
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await removeEmpty(path)
      else if (TEMPORARY.test(entry.name)) await rm(path, { force: true })
    }
    await rmdir(folder)
    return true
  } catch (error) {
    return unlessOvertaken(error)
  }
}

function unlessOvertaken(error: unknown): false {
  if (OVERTAKEN.has(errnoOf(error))) return false
  throw error
}
