import { readdir } from 'node:fs/promises'
import { isMissing } from '../store/index.ts'

/** The names in a folder; none where there is no folder. Errors: those of the disk. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
}
