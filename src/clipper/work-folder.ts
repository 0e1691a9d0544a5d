import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this work, gone when it is disposed. A killed process leaves it to whoever gave it its temporary folder. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string
}

export async function openWorkFolder(): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), 'panorec-cut-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
