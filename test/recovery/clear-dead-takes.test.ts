import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearDeadTakes } from '../../src/recovery/index.ts'

const RECORDING = 'rec_01K00000000000000000000000'
const NOBODY = { pid: 4_194_305, startTicks: '1', bootId: 'another' }
let root: string
let take: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'panorec-dead-'))
  take = join(root, 'spool', `${RECORDING}-1-0123abcd`)
  await mkdir(join(take, 'segments'), { recursive: true })
  await mkdir(join(take, 'adopted'))
  await writeFile(join(take, 'take.json'), JSON.stringify({ recordingId: RECORDING, take: 1, owner: NOBODY }))
})
afterEach(() => rm(root, { recursive: true }))

/** A folder that the take's link to Chrome's profile names. */
async function linkTo(name: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(join(folder, 'Default'), { recursive: true })
  await symlink(folder, join(take, 'chrome'))
  return folder
}

test('the profile of a dead take goes with its folder', async () => {
  const profile = await linkTo('panorec-chrome-abc')
  await clearDeadTakes(join(root, 'spool'), RECORDING)
  expect([existsSync(profile), existsSync(take)]).toEqual([false, false])
})

test('where the profile is gone already, or the link names something else, only the folder goes', async () => {
  const other = await linkTo('something-else')
  await clearDeadTakes(join(root, 'spool'), RECORDING)
  expect([existsSync(other), existsSync(take)]).toEqual([true, false])
  await mkdir(take)
  await writeFile(join(take, 'take.json'), JSON.stringify({ recordingId: RECORDING, take: 1, owner: NOBODY }))
  await symlink(join(root, 'panorec-chrome-gone'), join(take, 'chrome'))
  await clearDeadTakes(join(root, 'spool'), RECORDING)
  expect(existsSync(take)).toBe(false)
})

test('segments that no playlist names stay, and the profile goes', async () => {
  const profile = await linkTo('panorec-chrome-abc')
  await writeFile(join(take, 'signals.jsonl'), '{}')
  await clearDeadTakes(join(root, 'spool'), RECORDING)
  expect([existsSync(profile), existsSync(join(take, 'chrome')), existsSync(take)]).toEqual([false, false, true])
})
