import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../archive/index.ts'
import type { ProcessIdentity } from '../machine/index.ts'
import { isMissing } from '../store/index.ts'
import type { TakeFolder } from './take-folder.ts'

/** `take.json`: whose folder it is, and all that is needed to store the take when nobody else knows of it. */
export interface SpooledTake extends TakeFolder {
  readonly targetDurationSec: number
  /** The manifest as it was when the take began. */
  readonly manifest: Manifest
  readonly owner: ProcessIdentity
}

/** The path of `take.json` in a take's folder. */
export function takeFileOf(folder: string): string {
  return join(folder, 'take.json')
}

/** Reads it; undefined where there is none. Errors: those of the disk, and a `SyntaxError` that names the file. */
export async function readTakeFile(folder: string): Promise<SpooledTake | undefined> {
  const path = takeFileOf(folder)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as SpooledTake
  } catch (cause) {
    throw new SyntaxError(`\`${path}\` is not JSON, so what lies beside it is stored by nobody`, { cause })
  }
}
