import { readdir, readFile, readlink, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { killProcessTree } from './process-tree.ts'

/**
 * Removes what dead recorders of this recording have left on this machine: a Chrome that outlived them, and its profile.
 * Segments that the store never confirmed stay. Only when no recorder of this recording runs here.
 */
export async function clearDeadTakes(spoolDir: string, recordingId: string): Promise<void> {
  const names = await readdir(spoolDir).catch(() => [])
  for (const name of names.filter((candidate) => candidate.startsWith(`${recordingId}-`))) {
    const folder = join(spoolDir, name)
    const profile = join(folder, 'chrome')
    await killOwner(profile)
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    await removeIfBare(folder)
  }
}

/** The lock names its Chrome as `<host>-<pid>`; a process that has taken over the number is left alone. */
async function killOwner(profileDir: string): Promise<void> {
  const lock = await readlink(join(profileDir, 'SingletonLock')).catch(() => '')
  const pid = Number(/-(\d+)$/.exec(lock)?.[1])
  if (!Number.isInteger(pid)) return
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (command.includes(profileDir)) await killProcessTree(pid)
}

/** A take whose segments are all stored needs its folder no more. */
async function removeIfBare(folder: string): Promise<void> {
  const segments = await readdir(join(folder, 'segments')).catch(() => [])
  if (segments.length > 0) return
  await rm(join(folder, 'signals.jsonl'), { force: true })
  await rmdir(join(folder, 'segments')).catch(() => undefined)
  await rmdir(folder).catch(() => undefined)
}
