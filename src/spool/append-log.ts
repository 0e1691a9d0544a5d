import { appendFile, truncate, writeFile } from 'node:fs/promises'
import { fsError } from '../store/index.ts'

/** An append-only file of whole texts: the next append first truncates what a failed one has torn. */
export interface AppendLog {
  readonly bytes: number
  append(text: string): Promise<void>
}

/** Truncates or creates the file with this text. Errors: those of the disk. */
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
