import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { markStored, openSpool } from '../../src/spool/spool.ts'
import { assertRoom } from '../../src/spool/spool-room.ts'
import { aboutTake, openRoom, spoolSegment } from '../recorder/segments/uploads.ts'

const run = promisify(execFile)
const DISK_BYTES = 4 * 1024 * 1024

/** A disk of 4 MiB. It needs root, as everything that mounts. */
async function mountSmallDisk() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path])
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run('umount', [path])
      await rm(path, { recursive: true })
    },
  }
}

test('a full disk takes no part of a segment, and still the note of a gap', async () => {
  await using disk = await mountSmallDisk()
  await using spool = await openSpool(disk.path, aboutTake(1))
  const entry = { number: 0, durationSec: 2, programDateTimeMs: 0, discontinuity: false }
  await spool.write(entry, new Uint8Array(DISK_BYTES / 2))
  const second = spool.write({ ...entry, number: 1 }, new Uint8Array(DISK_BYTES / 2))
  await expect(second).rejects.toMatchObject({ code: 'spool.disk-full' })
  expect(await spool.writeGap({ ...entry, number: 1 })).toMatchObject({ number: 1, kind: 'gap', bytes: 0 })
  expect((await readdir(join(spool.path, 'segments'))).sort()).toEqual([
    `0_0_2000000_${DISK_BYTES / 2}.ts`,
    '1_0_2000000_0.gap',
  ])
  await rm(spool.path, { recursive: true })
})

test('keeps a reserve of the disk, and has room again when the store has taken a segment', async () => {
  await using disk = await mountSmallDisk()
  await using spool = await openSpool(disk.path, aboutTake(1))
  const options = { spoolDir: disk.path, maxBytes: undefined }
  const half = new Uint8Array(DISK_BYTES / 2)
  await assertRoom(options, half.byteLength)
  const segment = await spool.write({ number: 0, durationSec: 2, programDateTimeMs: 0, discontinuity: false }, half)
  // 5 % of the disk is the reserve.
  await assertRoom(options, DISK_BYTES * 0.4)
  await expect(assertRoom(options, DISK_BYTES * 0.49)).rejects.toMatchObject({ code: 'spool.disk-full' })
  await markStored(segment)
  await assertRoom(options, DISK_BYTES * 0.49)
  await rm(spool.path, { recursive: true })
})

test('counts what all takes of the machine keep, adopted folders included, but not what is stored', async () => {
  await using room = await openRoom()
  await using first = await openSpool(room.spoolDir, aboutTake(1))
  await using second = await openSpool(room.spoolDir, aboutTake(2))
  await using adopted = await openSpool(second.adopted, aboutTake(1))
  const one = await spoolSegment(first, 1, 0)
  await spoolSegment(second, 2, 0)
  await spoolSegment(adopted, 1, 0)
  const fits = (maxBytes: number) => assertRoom({ spoolDir: room.spoolDir, maxBytes }, one.bytes)
  await fits(4 * one.bytes)
  await expect(fits(4 * one.bytes - 1)).rejects.toMatchObject({ code: 'spool.disk-full' })
  await markStored(one)
  await fits(3 * one.bytes)
  await expect(fits(3 * one.bytes - 1)).rejects.toMatchObject({ code: 'spool.disk-full' })
  for (const { path } of [first, second]) await rm(path, { recursive: true })
})
