import { lstat, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { removeTree } from '../machine/index.ts'
import { isMissing } from '../store/index.ts'
import { namesIn } from './names-in.ts'
import { readTakeFile } from './take-file.ts'
import { chromeProfileOf, parseTakeFolder } from './take-folder.ts'

/** A folder that is being made or removed has a hidden name, normally for less than this. */
const HIDDEN_MS = 60_000
/** A Chrome that outlives its recorder by a moment may make its profile anew where a folder lay; by then it has ended. */
const ORPHANED_MS = 5_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The hidden name under which a folder of the spool is made. */
export function unfinishedName(uuid: string): string {
  return `.${uuid}`
}

/**
 * Removes a take's folder, or its Chrome profile. A rename hides it first, so that nobody finds a part of it, and a process of a killed
 * Chrome that still writes into its profile loses its path. Idempotent. `sweepSpool` removes later what cannot be removed now.
 */
export async function removeFolder(path: string): Promise<void> {
  const hidden = hiddenOf(path)
  // What an earlier removal had to leave would be in the way of the rename.
  await removeTree(hidden)
  try {
    await rename(path, hidden)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await removeTree(hidden)
}

/**
 * Removes what processes left that were killed while making or removing a folder, and folders of takes without a `take.json`: every
 * take's has one, so such a folder is what a dying Chrome wrote where a take's had lain. Whatever else lies in the spool is not ours.
 * What cannot be removed, or says no more whose it is, keeps nothing else from it; then an `AggregateError` has all reasons.
 */
export async function sweepSpool(spoolDir: string, nowMs: number): Promise<void> {
  const failures: unknown[] = []
  for (const name of await namesIn(spoolDir)) {
    try {
      await sweep(spoolDir, name, nowMs)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} folders of the spool stay for now`)
}

async function sweep(spoolDir: string, name: string, nowMs: number): Promise<void> {
  const path = join(spoolDir, name)
  if (isHidden(name)) return await removeOlder(path, nowMs - HIDDEN_MS)
  if (parseTakeFolder(name) === undefined) return
  if ((await readTakeFile(path)) === undefined) return await removeOlder(path, nowMs - ORPHANED_MS)
  await removeOlder(hiddenOf(chromeProfileOf(path)), nowMs - HIDDEN_MS)
}

function isHidden(name: string): boolean {
  if (!name.startsWith('.')) return false
  const hidden = name.slice(1)
  return UUID.test(hidden) || parseTakeFolder(hidden) !== undefined
}

function hiddenOf(path: string): string {
  return join(dirname(path), `.${basename(path)}`)
}

/** Removes the folder if it has not changed since; a rename counts as a change. */
async function removeOlder(path: string, thanMs: number): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found?.isDirectory() && found.ctimeMs < thanMs) await removeTree(path)
}
