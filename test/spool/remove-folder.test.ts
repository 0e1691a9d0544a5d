import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeFolder, sweepSpool } from '../../src/spool/remove-folder.ts'

let spoolDir: string
beforeEach(async () => {
  spoolDir = await mkdtemp(join(tmpdir(), 'panorec-spool-'))
})
afterEach(() => rm(spoolDir, { recursive: true }))

const HOUR_MS = 3_600_000
const ORPHAN = 'rec_01-1-0123abcd'
const TAKE = 'rec_01-2-89ef0123'

const makeIn = (...names: readonly string[]) => mkdir(join(spoolDir, ...names, 'chrome'), { recursive: true })

test('a folder goes whole, though a process of a killed Chrome writes into its profile all the time', async () => {
  const profile = join(spoolDir, TAKE, 'chrome')
  await mkdir(profile, { recursive: true })
  let isWriting = true
  const writing = (async () => {
    for (let i = 0; isWriting; i += 1) await writeFile(join(profile, String(i)), '').catch(() => undefined)
  })()
  await removeFolder(join(spoolDir, TAKE))
  isWriting = false
  await writing
  expect(await readdir(spoolDir)).toEqual([])
})

test('what is not there is removed already', async () => {
  await removeFolder(join(spoolDir, TAKE))
})

test('what an earlier removal had to leave is not in the way of the next', async () => {
  await makeIn(TAKE)
  await makeIn(`.${TAKE}`)
  await removeFolder(join(spoolDir, TAKE))
  expect(await readdir(spoolDir)).toEqual([])
})

test('what a killed process was making or removing, and what a dying Chrome wrote there, is swept when it is old', async () => {
  for (const name of [`.${randomUUID()}`, `.${TAKE}`, ORPHAN, TAKE]) await makeIn(name)
  await writeFile(join(spoolDir, TAKE, 'take.json'), '{}')
  await makeIn(TAKE, '.chrome')
  await sweepSpool(spoolDir, Date.now())
  expect(await readdir(spoolDir)).toHaveLength(4)
  await sweepSpool(spoolDir, Date.now() + HOUR_MS)
  expect(await readdir(spoolDir)).toEqual([TAKE])
  expect(await readdir(join(spoolDir, TAKE))).toEqual(['chrome', 'take.json'])
  await sweepSpool(join(spoolDir, 'missing'), Date.now())
})

test('what the spool did not make stays, however old it is', async () => {
  const foreign = [
    'lost+found',
    'backup-2026-11-20261121',
    '.snapshot',
    '.Trash-1000',
    'rec_01-2',
    'rec_01-2-89ef0123.old',
  ]
  for (const name of foreign) await makeIn(name)
  await writeFile(join(spoolDir, ORPHAN), 'a file')
  await writeFile(join(spoolDir, '.DS_Store'), 'a file')
  await sweepSpool(spoolDir, Date.now() + HOUR_MS)
  expect((await readdir(spoolDir)).sort()).toEqual([...foreign, ORPHAN, '.DS_Store'].sort())
})

/** Folders in folders whose path is longer than the system takes: nothing can name the innermost from outside. */
function makeTooDeep(folder: string): void {
  const home = process.cwd()
  process.chdir(folder)
  for (let depth = 0; depth < 20; depth += 1) {
    mkdirSync('d'.repeat(250))
    process.chdir('d'.repeat(250))
  }
  process.chdir(home)
}

test('what cannot be removed stays, is said, and keeps nothing else', async () => {
  const names = ['rec_01-1-00000000', 'rec_01-1-11111111', 'rec_01-1-22222222']
  for (const name of names) await makeIn(name)
  const deep = join(spoolDir, names[1] ?? '')
  makeTooDeep(deep)
  try {
    await expect(sweepSpool(spoolDir, Date.now() + HOUR_MS)).rejects.toMatchObject({
      errors: [expect.objectContaining({ code: 'ENAMETOOLONG' })],
    })
    expect(await readdir(spoolDir)).toEqual([names[1]])
  } finally {
    execFileSync('rm', ['-rf', deep])
  }
})
