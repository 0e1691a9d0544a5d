import { readFile } from 'node:fs/promises'
import type { KeptLog } from '../archive/index.ts'
import { fsError, isMissing } from '../store/index.ts'
import { listAdopted } from './leftovers.ts'
import { signalLogOf } from './take-folder.ts'

/** Reads the signal logs of the takes whose folders lie in this folder. */
export async function readKeptLogs(adopted: string): Promise<readonly (KeptLog & { readonly path: string })[]> {
  const folders = await listAdopted(adopted)
  const logs = await Promise.all(
    folders.map(async ({ path, about }) => {
      const log = signalLogOf(path)
      const text = await readFile(log, 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw fsError(`Reading \`${log}\``, error)
      })
      return text === undefined ? [] : [{ take: about.take, text, path: log }]
    }),
  )
  return logs.flat()
}
