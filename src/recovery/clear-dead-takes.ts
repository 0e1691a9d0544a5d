import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf, killProcessTree } from '../machine/index.ts'
import { chromeProfileOf, holdsLeftovers, listSpoolFolders, removeFolder } from '../spool/index.ts'

/**
 * Removes what dead recorders of this recording, or of one take of it, have left on this machine: a Chrome that outlived
 * them, and its profile. Segments that no playlist names stay, and signals.
 */
export async function clearDeadTakes(spoolDir: string, recordingId: string, take?: number): Promise<void> {
  for (const { path, life, about } of await listSpoolFolders(spoolDir, recordingId)) {
    if (life !== 'gone' || (take !== undefined && about.take !== take)) continue
    const profile = chromeProfileOf(path)
    await killOwner(profile)
    await removeFolder((await holdsLeftovers(path)) ? profile : path)
  }
}

/** Kills the Chrome that the profile's lock names as `<host>-<pid>`, unless another process has that number now. */
async function killOwner(profileDir: string): Promise<void> {
  const lock = await readlink(join(profileDir, 'SingletonLock')).catch(() => '')
  const pid = Number(/-(\d+)$/.exec(lock)?.[1])
  if (!Number.isInteger(pid)) return
  if ((await commandLineOf(pid)).includes(profileDir)) killProcessTree(pid)
}
