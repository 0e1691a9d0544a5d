import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeFolder, sweepHidden } from '../../src/spool/remove-folder.ts'

let spoolDir: string
beforeEach(async () => {
  spoolDir = await mkdtemp(join(tmpdir(), 'panorec-spool-'))
})
afterEach(() => rm(spoolDir, { recursive: true }))

const HOUR_MS = 3_600_000

test('a folder goes whole, though a helper of a killed Chrome writes into its profile all the time', async () => {
  const profile = join(spoolDir, 'rec-1-a', 'chrome')
  await mkdir(profile, { recursive: true })
  let isWriting = true
  const writing = (async () => {
    for (let i = 0; isWriting; i += 1) await writeFile(join(profile, String(i)), '').catch(() => undefined)
  })()
  await removeFolder(join(spoolDir, 'rec-1-a'))
  isWriting = false
  await writing
  expect(await readdir(spoolDir)).toEqual([])
})

test('what is not there is removed already', async () => {
  await removeFolder(join(spoolDir, 'rec-1-b'))
})

test('what a killed process was making or removing, and what a dying Chrome wrote there, is swept when it is old, and nothing else', async () => {
  for (const name of ['.making', '.rec-1-c', 'rec-1-d', 'rec-1-e'])
    await mkdir(join(spoolDir, name, 'chrome'), { recursive: true })
  await writeFile(join(spoolDir, 'rec-1-d', 'take.json'), '{}')
  await sweepHidden(spoolDir, Date.now())
  expect(await readdir(spoolDir)).toHaveLength(4)
  await sweepHidden(spoolDir, Date.now() + HOUR_MS)
  expect(await readdir(spoolDir)).toEqual(['rec-1-d'])
  await sweepHidden(join(spoolDir, 'missing'), Date.now())
})
