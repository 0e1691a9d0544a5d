import { readlink, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { commandLineOf, killProcessTree, removeTree } from '../machine/index.ts'
import { chromeProfileOf, holdsLeftovers, listSpoolFolders, removeFolder } from '../spool/index.ts'

/** What recorders call the folders of their Chromes; whatever else a link may name is nobody's here. */
const PROFILE_NAME = /^panorec-chrome-/

/**
 * Removes what dead recorders of this recording, or of one take of it, have left on this machine: a Chrome that outlived
 * them, and its profile. Segments that no playlist names stay, and signals.
 */
export async function clearDeadTakes(spoolDir: string, recordingId: string, take?: number): Promise<void> {
  for (const { path, life, about } of await listSpoolFolders(spoolDir, recordingId)) {
    if (life !== 'gone' || (take !== undefined && about.take !== take)) continue
    const link = chromeProfileOf(path)
    await clearProfile(link)
    await removeFolder((await holdsLeftovers(path)) ? link : path)
  }
}

/** The profile may be gone: it lies in the temporary folder that the recorder had from its worker. */
async function clearProfile(link: string): Promise<void> {
  const profileDir = await realpath(link).catch(() => undefined)
  if (profileDir === undefined || !PROFILE_NAME.test(basename(profileDir))) return
  await killOwner(profileDir)
  await removeTree(profileDir)
}

/** Kills the Chrome that the profile's lock names as `<host>-<pid>`, unless another process has that number now. */
async function killOwner(profileDir: string): Promise<void> {
  const lock = await readlink(join(profileDir, 'SingletonLock')).catch(() => '')
  const pid = Number(/-(\d+)$/.exec(lock)?.[1])
  if (!Number.isInteger(pid)) return
  if ((await commandLineOf(pid)).includes(profileDir)) killProcessTree(pid)
}
