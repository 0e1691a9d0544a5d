import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assertRoom, isRecordedHere, listSpoolFolders } from '../../src/spool/index.ts'

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
