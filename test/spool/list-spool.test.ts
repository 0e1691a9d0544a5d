import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Manifest } from '../../src/archive/index.ts'
import { assertRoom, isRecordedHere, listSpoolFolders, openSpool, sweepSpool } from '../../src/spool/index.ts'

test('a folder of somebody else is not looked into, so one that nobody may read stops nothing', async () => {
  const spoolDir = await mkdtemp(join(tmpdir(), 'panorec-spool-'))
  const foreign = join(spoolDir, 'lost+found')
  await mkdir(foreign)
  // Whoever follows these fails with ELOOP, as another user fails with EACCES.
  for (const name of ['take.json', 'segments', 'adopted']) await symlink(name, join(foreign, name))
  expect(await listSpoolFolders(spoolDir)).toEqual([])
  expect(await isRecordedHere(spoolDir, 'rec_01')).toBe(false)
  await assertRoom({ spoolDir, maxBytes: 1_000_000 }, 1)
  await rm(spoolDir, { recursive: true })
})

test('a take of which nobody can read whose it is stops no other, and is told of', async () => {
  const spoolDir = await mkdtemp(join(tmpdir(), 'panorec-spool-'))
  const about = { recordingId: 'rec_01', take: 3, targetDurationSec: 2, manifest: { version: 1 } as Manifest }
  await using spool = await openSpool(spoolDir, about)
  const [damaged, unreadable] = ['rec_01-1-00000000', 'rec_02-1-11111111'].map((name) => join(spoolDir, name))
  for (const folder of [damaged ?? '', unreadable ?? '']) await mkdir(folder)
  await writeFile(join(damaged ?? '', 'take.json'), '{"recordingId":"rec_01","ta')
  await symlink('take.json', join(unreadable ?? '', 'take.json'))
  expect((await listSpoolFolders(spoolDir)).map(({ path }) => path)).toEqual([spool.path])
  expect((await listSpoolFolders(spoolDir, 'rec_01')).map(({ path }) => path)).toEqual([spool.path])
  // Nobody may take what a disk does not let read for nothing.
  await expect(listSpoolFolders(spoolDir, 'rec_02')).rejects.toMatchObject({ code: 'ELOOP' })
  await expect(sweepSpool(spoolDir, Date.now())).rejects.toMatchObject({
    errors: [
      expect.objectContaining({ message: expect.stringContaining(`${damaged}/take.json`) }),
      expect.objectContaining({ code: 'ELOOP' }),
    ],
  })
  await rm(spoolDir, { recursive: true })
})
