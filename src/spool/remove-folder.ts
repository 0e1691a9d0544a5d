import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMissing } from '../store/index.ts'
import { namesIn } from './names-in.ts'
import { takeFileOf } from './take-file.ts'

const THOROUGH = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const
/** A folder that is being made or removed has a hidden name, normally for less than this. */
const HIDDEN_MS = 60_000
/** A Chrome that outlives its recorder by a moment may make its profile anew where a folder lay; by then it has ended. */
const ORPHANED_MS = 5_000

/**
 * Removes a folder of the spool. A rename hides it first, so that nobody finds a part of it, and a process of a killed Chrome that
 * still writes into its profile loses its path. `sweepHidden` removes later what cannot be removed now.
 */
export async function removeFolder(path: string): Promise<void> {
  const hidden = join(dirname(path), `.${basename(path)}`)
  try {
    await rename(path, hidden)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await rm(hidden, THOROUGH)
}

/**
 * Removes the hidden folders of processes that were killed while making or removing them, and folders without a `take.json`:
 * every take's has one, so such a folder is what a dying Chrome wrote where a take's had lain. Errors: those of the disk.
 */
export async function sweepHidden(spoolDir: string, nowMs: number): Promise<void> {
  for (const name of await namesIn(spoolDir)) {
    const path = join(spoolDir, name)
    const isHidden = name.startsWith('.')
    if (!isHidden && !(await isGone(takeFileOf(path)))) continue
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || nowMs - found.ctimeMs <= (isHidden ? HIDDEN_MS : ORPHANED_MS)) continue
    await rm(path, THOROUGH)
  }
}

/** False also where the disk does not say: only what is surely no take's may be removed. */
async function isGone(path: string): Promise<boolean> {
  try {
    await stat(path)
    return false
  } catch (error) {
    return isMissing(error)
  }
}
