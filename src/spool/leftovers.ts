import { mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ProcessLife } from '../machine/index.ts'
import { isMissing } from '../store/index.ts'
import { removeFolder } from './remove-folder.ts'
import { holdsLeftovers, readSpooled, type SpooledSegment } from './spool.ts'
import { lifeOfFolder } from './spool-life.ts'
import { readTakeFile, type SpooledTake } from './take-file.ts'
import { adoptedOf, parseTakeFolder, takeFoldersIn } from './take-folder.ts'

/** The folder of one take in the spool of this machine. */
export interface SpoolFolder {
  readonly path: string
  readonly about: SpooledTake
  /** The life of the recorder that made it. */
  readonly life: ProcessLife
}

/**
 * Lists the folders of the spool, of one recording or of all, in the order of recordings and takes. Of all those are left out that the
 * disk does not let read: one folder must not hold the recordings of others.
 */
export async function listSpoolFolders(spoolDir: string, recordingId?: string): Promise<readonly SpoolFolder[]> {
  const folders: SpoolFolder[] = []
  for (const name of await takeFoldersIn(spoolDir)) {
    if (recordingId !== undefined && parseTakeFolder(name)?.recordingId !== recordingId) continue
    const path = join(spoolDir, name)
    const about = await readAbout(path).catch((error: unknown) => {
      if (recordingId !== undefined) throw error
    })
    if (about !== undefined) folders.push({ path, about, life: lifeOfFolder(path, about.owner) })
  }
  return folders.sort((a, b) => compare(a.about.recordingId, b.about.recordingId) || byTake(a, b))
}

/** True while a recorder of this recording is at work on this machine. */
export async function isRecordedHere(spoolDir: string, recordingId: string): Promise<boolean> {
  return (await listSpoolFolders(spoolDir, recordingId)).some(({ life }) => life === 'running')
}

/**
 * Takes over a dead take's folder by a rename, so that exactly one of several who try gets it. What it had adopted is moved beside
 * it: however often leftovers change hands, their paths do not grow.
 */
export async function claimFolder(folder: Pick<SpoolFolder, 'path'>, into: string): Promise<void> {
  await mkdir(into, { recursive: true })
  const claimed = join(into, basename(folder.path))
  try {
    await rename(folder.path, claimed)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  const adopted = adoptedOf(claimed)
  for (const name of await takeFoldersIn(adopted)) await claimFolder({ path: join(adopted, name) }, into)
  if (!(await holdsLeftovers(claimed))) await removeFolder(claimed)
}

/** Lists the folders that a take has adopted, and those that they had adopted, in the order of takes. */
export async function listAdopted(adopted: string): Promise<readonly Omit<SpoolFolder, 'life'>[]> {
  const found: Omit<SpoolFolder, 'life'>[] = []
  for (const name of await takeFoldersIn(adopted)) {
    const path = join(adopted, name)
    const about = await readAbout(path)
    if (about !== undefined) found.push({ path, about })
    found.push(...(await listAdopted(adoptedOf(path))))
  }
  return found.sort(byTake)
}

/** Reads the segments of all folders that `listAdopted` finds, in the order of takes and numbers. */
export async function readAdopted(adopted: string): Promise<readonly SpooledSegment[]> {
  const folders = await listAdopted(adopted)
  const found = await Promise.all(folders.map(({ path, about }) => readSpooled(path, about.take)))
  return found.flat().sort((a, b) => a.take - b.take || a.number - b.number)
}

/** A damaged file says nothing of a take, and must not hold what others left; `sweepSpool` tells of it. */
async function readAbout(folder: string): Promise<SpooledTake | undefined> {
  return await readTakeFile(folder).catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined
    throw error
  })
}

type Named = Pick<SpoolFolder, 'path' | 'about'>
const byTake = (a: Named, b: Named): number => a.about.take - b.about.take || compare(a.path, b.path)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
