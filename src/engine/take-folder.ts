import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A temporary folder for all processes of one take. */
export interface TakeFolder extends AsyncDisposable {
  readonly path: string
}

/**
 * Chrome and its children leave files in their temporary folder when they are killed; this one goes with the take, however
 * it ended. It lies right under the machine's own, because the path of a socket has at most 107 characters (unix(7)).
 */
export async function makeTakeFolder(): Promise<TakeFolder> {
  const path = await mkdtemp(join(tmpdir(), 'panorec-take-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  }
}
