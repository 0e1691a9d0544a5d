import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMissing } from '../store/index.ts'
import { namesIn } from './names-in.ts'

const THOROUGH = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const
/** A folder that is made or removed has its hidden name for a moment only. */
const HIDDEN_MS = 60_000

/**
 * Removes a folder of the spool. It leaves its place in one step, so that nobody finds a part of it, and a helper of a
 * killed Chrome that still writes into its profile finds no way there. What cannot be removed now is swept later.
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

/** Removes what a killed process was making or removing in the spool. Errors: those of the disk. */
export async function sweepHidden(spoolDir: string, nowMs: number): Promise<void> {
  for (const name of (await namesIn(spoolDir)).filter((each) => each.startsWith('.'))) {
    const path = join(spoolDir, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && nowMs - found.ctimeMs > HIDDEN_MS) await rm(path, THOROUGH)
  }
}
