import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentName } from '../archive/keys.ts'
import { identifyProcess, removeTree } from '../machine/index.ts'
import type { Segment } from '../playlist/index.ts'
import { AppError } from '../protocol/index.ts'
import { fsError, isMissing, makeFolder, replaceFile, syncPath } from '../store/index.ts'
import { namesIn } from './names-in.ts'
import { removeFolder, unfinishedName } from './remove-folder.ts'
import { parseSpoolEntry, type SpoolEntry, spoolEntryName } from './spool-entry.ts'
import { occupyFolder } from './spool-life.ts'
import { type SpooledTake, takeFileOf } from './take-file.ts'
import { adoptedOf, chromeProfileOf, signalLogOf, takeFolderName, takeFoldersIn } from './take-folder.ts'

/** A segment on its way to the store. */
export interface SpooledSegment extends SpoolEntry {
  readonly take: number
  /** Undefined for a gap whose very name could not be written. */
  readonly path: string | undefined
  /** When its last picture came, in the clock of `performance.now()`; undefined for a segment of another process. */
  readonly lastFrameAtMs?: number
}

/**
 * The take's own folder on this machine: segments that are not published yet, the signal log, and a link to Chrome's profile. What is
 * still in it when the take ends stays, for the next take or the worker to find.
 */
export interface Spool extends AsyncDisposable {
  readonly path: string
  /** The take's signals that the store may not have; removed once it has them all. */
  readonly signalLog: string
  /** The folder of the takes that this one has adopted. */
  readonly adopted: string
  /** Writes a segment durably, or throws `spool.disk-full` and leaves nothing of it. */
  write(entry: Omit<SpoolEntry, 'bytes' | 'kind'>, bytes: Uint8Array): Promise<SpooledSegment>
  /** Records that a segment's media found no room. */
  writeGap(entry: Omit<SpoolEntry, 'bytes' | 'kind'>): Promise<SpooledSegment>
  /** Names the folder of the take's Chrome, for whoever clears away what the take leaves when it is killed. Once. */
  linkChromeProfile(profileDir: string): Promise<void>
}

export async function openSpool(spoolDir: string, about: Omit<SpooledTake, 'owner'>): Promise<Spool> {
  const { take } = about
  const path = join(spoolDir, takeFolderName(about, randomUUID()))
  const owner = identifyProcess(process.pid)
  using opening = new DisposableStack()
  opening.use(occupyFolder(path))
  await createFolder(spoolDir, path, { ...about, owner })
  const occupied = opening.move()
  const segments = join(path, 'segments')
  const chromeProfile = chromeProfileOf(path)
  const adopted = adoptedOf(path)

  async function write(entry: SpoolEntry, bytes: Uint8Array): Promise<SpooledSegment> {
    const file = join(segments, spoolEntryName(entry))
    await replaceFile({ path: file, temporary: join(segments, `.${entry.number}.tmp`) }, (temporary) =>
      writeFile(temporary, bytes),
    ).catch((error: unknown) => {
      throw fsError('Writing a segment to the spool', error)
    })
    return { ...entry, take, path: file }
  }
  return {
    path,
    signalLog: signalLogOf(path),
    adopted,
    write: (entry, bytes) => write({ ...entry, bytes: bytes.byteLength, kind: 'waiting' }, bytes),
    async writeGap(given) {
      const entry: SpoolEntry = { ...given, bytes: 0, kind: 'gap' }
      try {
        return await write(entry, new Uint8Array())
      } catch (error) {
        if (error instanceof AppError && error.code === 'spool.disk-full') return { ...entry, take, path: undefined }
        throw error
      }
    },
    linkChromeProfile: (profileDir) => symlink(profileDir, chromeProfile),
    async [Symbol.asyncDispose]() {
      using _left = occupied
      if (!(await holdsLeftovers(path))) return await removeFolder(path)
      await removeFolder(chromeProfile)
    },
  }
}

/**
 * Says that the store has the segment: its bytes leave the spool at once, its name stays until a playlist names it. Idempotent; a
 * file that somebody took away is no error. Errors: those of the disk.
 */
export async function markStored(segment: SpooledSegment): Promise<SpooledSegment> {
  if (segment.kind !== 'waiting' || segment.path === undefined) return segment
  const stored: SpoolEntry = { ...segment, kind: 'stored' }
  const path = join(segment.path, '..', spoolEntryName(stored))
  try {
    await rename(segment.path, path).catch(unlessMissing)
    await truncate(path).catch(unlessMissing)
  } catch (error) {
    throw fsError('Marking a segment of the spool as stored', error)
  }
  return { ...segment, kind: 'stored', path }
}

/** The segment as playlists name it, before it has its place in them. */
export function unplaced(segment: SpooledSegment): Omit<Segment, 'seq'> {
  const { take, durationSec, programDateTimeMs, discontinuity, kind } = segment
  const uri = segmentName(segment)
  return { take, uri, durationSec, programDateTimeMs, discontinuity, ...(kind === 'gap' && { gap: true }) }
}

/** Removes a segment that a playlist names: the spool needs it no more. Errors: those of the disk. */
export async function forget({ path }: Pick<SpooledSegment, 'path'>): Promise<void> {
  if (path === undefined) return
  await rm(path, { force: true }).catch((error: unknown) => {
    throw fsError('Removing a segment from the spool', error)
  })
}

/** The segments of a take's folder, in order, without those that it has adopted. */
export async function readSpooled(folder: string, take: number): Promise<readonly SpooledSegment[]> {
  const segments = join(folder, 'segments')
  return (await namesIn(segments))
    .flatMap((name) => {
      const entry = parseSpoolEntry(name)
      return entry === undefined ? [] : [{ ...entry, take, path: join(segments, name) }]
    })
    .sort((a, b) => a.number - b.number)
}

/** True when segments or signals wait in a take's folder, or in that of an earlier take that it has adopted. */
export async function holdsLeftovers(folder: string): Promise<boolean> {
  if ((await readSpooled(folder, 0)).length > 0) return true
  if ((await stat(signalLogOf(folder)).catch(unlessMissing)) !== undefined) return true
  const adopted = adoptedOf(folder)
  for (const name of await takeFoldersIn(adopted)) if (await holdsLeftovers(join(adopted, name))) return true
  return false
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}

/** Creates the folder in one step, so that nobody finds one that does not say whose it is. */
async function createFolder(spoolDir: string, path: string, about: SpooledTake): Promise<void> {
  const fresh = join(spoolDir, unfinishedName(randomUUID()))
  try {
    await makeFolder(join(fresh, 'segments'))
    await mkdir(adoptedOf(fresh))
    await writeFile(takeFileOf(fresh), JSON.stringify(about))
    await syncPath(takeFileOf(fresh))
    await syncPath(fresh)
    await rename(fresh, path)
    await syncPath(spoolDir)
  } catch (error) {
    await removeTree(fresh).catch(() => undefined)
    throw fsError(`Making the spool folder in \`${spoolDir}\``, error)
  }
}
