import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isMissing } from '../store/fs-error.ts'
import { lifeOf, type ProcessLife } from './process-identity.ts'
import { readSpooled, type SpooledSegment, type SpooledTake, takeFileOf } from './spool.ts'

/** A folder that a take has in the spool of this machine. */
export interface SpoolFolder {
  readonly path: string
  readonly about: SpooledTake
  /** Of the recorder that made it. */
  readonly life: ProcessLife
}

/** All takes with a folder in the spool, of one recording or of all, in the order of recordings and takes. */
export async function listSpoolFolders(spoolDir: string, recordingId?: string): Promise<readonly SpoolFolder[]> {
  const prefix = recordingId === undefined ? '' : `${recordingId}-`
  const names = (await namesIn(spoolDir)).filter((name) => name.startsWith(prefix) && !name.startsWith('.'))
  const folders: SpoolFolder[] = []
  for (const name of names) {
    const path = join(spoolDir, name)
    const about = await readAbout(path)
    if (about !== undefined) folders.push({ path, about, life: await lifeOf(about.owner) })
  }
  return folders.sort(
    (a, b) =>
      compare(a.about.recordingId, b.about.recordingId) || a.about.take - b.about.take || compare(a.path, b.path),
  )
}

/** Whether a recorder of this recording is at work on this machine. */
export async function isRecordedHere(spoolDir: string, recordingId: string): Promise<boolean> {
  return (await listSpoolFolders(spoolDir, recordingId)).some(({ life }) => life === 'running')
}

/**
 * Takes over a dead take's folder by moving it into a folder, so that of several who try one gets it. False when another
 * was first.
 */
export async function claimFolder(folder: SpoolFolder, into: string): Promise<boolean> {
  await mkdir(into, { recursive: true })
  try {
    await rename(folder.path, join(into, basename(folder.path)))
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** All segments of the folders in a folder, and of those that they had adopted, in the order of takes and numbers. */
export async function readAdopted(adopted: string): Promise<readonly SpooledSegment[]> {
  const found = await Promise.all((await namesIn(adopted)).map((name) => readLeftovers(join(adopted, name))))
  return found.flat().sort((a, b) => a.take - b.take || a.number - b.number)
}

/** All segments in a folder and in those that it had adopted. */
export async function readLeftovers(folder: string): Promise<readonly SpooledSegment[]> {
  const about = await readAbout(folder)
  const own = about === undefined ? [] : await readSpooled(folder, about.take)
  return [...(await readAdopted(join(folder, 'adopted'))), ...own]
}

async function readAbout(folder: string): Promise<SpooledTake | undefined> {
  const text = await readFile(takeFileOf(folder), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as SpooledTake)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
