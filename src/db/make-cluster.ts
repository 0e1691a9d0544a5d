import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnChild } from '../machine/index.ts'

/** Beside this file, as source or compiled. */
const SCRIPT = fileURLToPath(new URL(`./run-initdb${extname(import.meta.url)}`, import.meta.url))

/**
 * Makes the files of an empty database where there are none. A process of its own does it, which takes 500 MB and ends; the folder
 * appears whole or not at all. Whoever calls it holds the folder's lock.
 */
export async function makeCluster(dir: string): Promise<void> {
  if (await isThere(join(dir, 'PG_VERSION'))) return
  // A folder that holds something else, such as the root of a disk, cannot be replaced.
  if ((await namesIn(dir)).length > 0) return await runInitdb(dir)
  const [parent, unfinished] = [dirname(dir), `${basename(dir)}.new-`]
  for (const name of await readdir(parent)) if (name.startsWith(unfinished)) await remove(join(parent, name))
  const fresh = await mkdtemp(join(parent, unfinished))
  try {
    await runInitdb(fresh)
    await rename(fresh, dir).catch(async (error: unknown) => {
      // Nor can an empty one that is a mount.
      if (!(await isThere(dir))) throw error
      await runInitdb(dir)
    })
  } finally {
    await remove(fresh)
  }
}

async function runInitdb(dir: string): Promise<void> {
  await using child = await spawnChild({
    script: SCRIPT,
    args: [dir],
    environment: {},
    onMessage: () => {},
    onLine: () => {},
  })
  const { code, signal, lastLines } = await child.exited
  if (code !== 0) throw new Error(`initdb ended with ${signal ?? code}: ${lastLines.join(' | ')}`)
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

/** None where nothing is; rejects where that is no folder. */
async function namesIn(dir: string): Promise<readonly string[]> {
  return (await isThere(dir)) ? await readdir(dir) : []
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
