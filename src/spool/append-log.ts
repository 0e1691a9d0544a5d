import { appendFile, truncate, writeFile } from 'node:fs/promises'
import { fsError } from '../store/index.ts'

/** A file that grows by whole texts: one that failed to be written leaves no part before the next. */
export interface AppendLog {
  readonly bytes: number
  append(text: string): Promise<void>
}

/** Begins the file anew with this text. Errors: those of the disk. */
export async function createAppendLog(path: string, text = ''): Promise<AppendLog> {
  const doing = `Writing \`${path}\``
  const fail = (error: unknown): never => {
    throw fsError(doing, error)
  }
  await writeFile(path, text).catch(fail)
  let bytes = Buffer.byteLength(text)
  let isTorn = false
  return {
    get bytes() {
      return bytes
    },
    async append(added) {
      if (isTorn) await truncate(path, bytes).catch(fail)
      isTorn = true
      await appendFile(path, added).catch(fail)
      isTorn = false
      bytes += Buffer.byteLength(added)
    },
  }
}
