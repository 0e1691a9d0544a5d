import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fsError } from '../store/fs-error.ts'

/** The take's own folder on this machine: segments that are not stored yet, the signal log, and Chrome's profile. */
export interface Spool extends AsyncDisposable {
  readonly path: string
  readonly chromeProfile: string
  readonly signalLog: string
  /** Writes a segment durably and returns its path; `spool.disk-full` when it does not fit. */
  writeSegment(name: string, bytes: Uint8Array): Promise<string>
  remove(path: string): Promise<void>
  /** Leaves the segments on disk when the take ends, because the store does not have them. */
  keep(): void
}

export async function openSpool(spoolDir: string, name: string): Promise<Spool> {
  const path = await createFolder(spoolDir, name)
  const segments = join(path, 'segments')
  const chromeProfile = join(path, 'chrome')
  let kept = false
  return {
    path,
    chromeProfile,
    signalLog: join(path, 'signals.jsonl'),
    async writeSegment(segmentName, bytes) {
      const file = join(segments, segmentName)
      await writeDurably(file, bytes)
      return file
    },
    remove: (file) => rm(file, { force: true }),
    keep: () => {
      kept = true
    },
    async [Symbol.asyncDispose]() {
      await rm(kept ? chromeProfile : path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}

async function createFolder(spoolDir: string, name: string): Promise<string> {
  try {
    await mkdir(spoolDir, { recursive: true })
    const path = await mkdtemp(join(spoolDir, `${name}-`))
    await mkdir(join(path, 'segments'))
    return path
  } catch (error) {
    throw fsError(`Making the spool folder in \`${spoolDir}\``, error)
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await using file = await open(path, 'w')
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    throw fsError('Writing a segment to the spool', error)
  }
}
