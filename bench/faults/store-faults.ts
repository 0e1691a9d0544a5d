import { execFile } from 'node:child_process'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { delay } from '../../src/timing/index.ts'
import type { ProxyFault } from '../../test/kit/servers/faulty-proxy.ts'
import type { Fault, Heal, Scene } from './fault.ts'

const run = promisify(execFile)
const FILLER = 'filler'
const PIECE_BYTES = 64 * 1024
const REMOVE_POLL_MS = 200

/** The way to the S3 server fails; what was under way is broken off by `refuse` and `half`. */
const storeWay =
  (fault: ProxyFault) =>
  async ({ stage: { storeWay: way } }: Scene): Promise<Heal | undefined> => {
    way?.setFault(fault)
    return way && (async () => way.setFault(null))
  }

async function makeReadOnly({ stage: { storeDir } }: Scene): Promise<Heal> {
  assertRoot()
  const remount = (mode: 'ro' | 'rw') => run('mount', ['-o', `remount,${mode}`, storeDir])
  // A file that is just being written keeps its file system writable for a moment.
  for (let tries = 0; tries < 50; tries++) if (await succeeds(remount('ro'))) break
  return async () => void (await remount('rw'))
}

const fill =
  (folderOf: (scene: Scene) => string) =>
  async (scene: Scene): Promise<Heal> => {
    assertRoot()
    const folder = folderOf(scene)
    const path = join(folder, FILLER)
    const file = await open(path, 'w')
    const piece = Buffer.alloc(PIECE_BYTES, 1)
    const { bavail, bsize } = await statfs(folder)
    for (let left = bavail * bsize; left > -PIECE_BYTES; left -= PIECE_BYTES) {
      if (
        await file.write(piece).then(
          ({ bytesWritten }) => bytesWritten < PIECE_BYTES,
          () => true,
        )
      )
        break
    }
    await file.close()
    return async () => {
      // While another fault has made the disk read-only, nothing can be removed from it.
      while (!(await succeeds(rm(path, { force: true })))) await delay(REMOVE_POLL_MS)
    }
  }

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

/** Else the machine's own disk would be filled. */
function assertRoot(): void {
  if (process.getuid?.() !== 0) throw new Error('Faults of disks need root: they are small file systems of their own')
}

export const STORE_FAULTS: readonly Fault[] = [
  {
    name: 'store-read-only',
    title: 'file store read-only for 20 s',
    shape: 'alone',
    goOnSec: 0,
    holdMs: 20_000,
    inject: makeReadOnly,
  },
  {
    name: 'store-full',
    title: 'file store full for 20 s',
    shape: 'alone',
    goOnSec: 0,
    holdMs: 20_000,
    inject: fill(({ stage }) => stage.storeDir),
  },
  {
    name: 'spool-full',
    title: 'disk of the spool full for 15 s',
    shape: 'alone',
    // As long as the disk is full nothing can be kept; then at most one segment more.
    goOnSec: 18,
    holdMs: 15_000,
    inject: fill(({ stage }) => stage.spoolDir),
  },
  {
    name: 'store-refusing',
    title: 'S3 refuses every connection for 20 s',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 20_000,
    inject: storeWay({ kind: 'refuse' }),
  },
  {
    name: 'store-slow',
    title: 'S3 at 20 kB/s a connection for 20 s',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 20_000,
    inject: storeWay({ kind: 'slow', bytesPerSec: 20_000 }),
  },
  {
    name: 'store-half',
    title: 'S3 breaks every answer off half way for 20 s',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 20_000,
    inject: storeWay({ kind: 'half', answerBytes: 60 }),
  },
  {
    name: 'store-hanging',
    title: 'S3 hangs for 2 min, then answers all it was asked',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 120_000,
    inject: storeWay({ kind: 'hang' }),
  },
  {
    name: 'store-silent',
    title: 'S3 takes every request for 2 min and never answers them',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 120_000,
    inject: storeWay({ kind: 'silent' }),
  },
]
