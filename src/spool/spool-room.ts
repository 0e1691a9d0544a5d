import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../protocol/index.ts'
import { readSpooled } from './spool.ts'
import { adoptedOf, takeFoldersIn } from './take-folder.ts'

interface SpoolRoomOptions {
  readonly spoolDir: string
  /** The most that all recordings of this machine may keep in the spool; without it as much as the disk has. */
  readonly maxBytes: number | undefined
}

/** The reserve for Chrome's profile, the log and a database on the same disk while the store is away. */
const RESERVE_BYTES = 256 * 1024 * 1024
/** The reserve of a small disk, as a share of it. */
const RESERVE_SHARE = 0.05

/** Throws `spool.disk-full` when so many bytes more would break the limit or take the disk's reserve. */
export async function assertRoom({ spoolDir, maxBytes }: SpoolRoomOptions, bytes: number): Promise<void> {
  const disk = await statfs(spoolDir)
  const freeBytes = disk.bavail * disk.bsize - bytes
  const reserveBytes = Math.min(RESERVE_BYTES, disk.blocks * disk.bsize * RESERVE_SHARE)
  if (freeBytes < reserveBytes) throw full(`Its disk has ${inMb(freeBytes + bytes)} MB left, the reserve`)
  if (maxBytes === undefined) return
  const usedBytes = await spooledBytes(spoolDir)
  if (usedBytes + bytes > maxBytes)
    throw full(`It holds ${inMb(usedBytes)} MB, and \`PANOREC_SPOOL_MAX_MB\` allows no more`)
}

/** The bytes that wait for the store in all folders of a spool, as the names of the files say. */
async function spooledBytes(folders: string): Promise<number> {
  const names = await takeFoldersIn(folders)
  const sums = await Promise.all(names.map((name) => bytesOf(join(folders, name))))
  return sums.reduce((sum, bytes) => sum + bytes, 0)
}

async function bytesOf(folder: string): Promise<number> {
  const waiting = (await readSpooled(folder, 0)).filter(({ kind }) => kind === 'waiting')
  return waiting.reduce((sum, { bytes }) => sum + bytes, await spooledBytes(adoptedOf(folder)))
}

const inMb = (bytes: number): number => Math.floor(bytes / 1024 / 1024)

function full(why: string): AppError {
  return new AppError(
    'spool.disk-full',
    `The spool takes no more segments, so the recording goes on with gaps. ${why}. Free some space, or bring the store back.`,
  )
}
