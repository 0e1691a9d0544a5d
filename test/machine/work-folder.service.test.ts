import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { clearWorkFolders, makeWorkFolder } from '../../src/machine/work-folder.ts'
import { Child } from '../kit/service/child.ts'

const WORK_FOLDER = fileURLToPath(new URL('../../src/machine/work-folder.ts', import.meta.url))
/** Makes a folder, says so, and stays until it is killed. */
const KILLED_WORKER = `
  import { makeWorkFolder } from ${JSON.stringify(WORK_FOLDER)}
  const { path } = await makeWorkFolder('take')
  process.send(path)
  setInterval(() => {}, 1000)`

/** The folder of a worker that was killed. */
async function abandoned(): Promise<string> {
  await using worker = new Child(process.execPath, ['--input-type=module', '-e', KILLED_WORKER], { stdio: 'ipc' })
  const [path] = await once(worker.process, 'message')
  await mkdir(join(path, 'org.chromium.Chromium.abc'))
  await worker.end('SIGKILL')
  return path
}

const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('panorec-take-'))

test('the folder of a killed worker goes, that of a living one stays', async () => {
  await abandoned()
  await using own = await makeWorkFolder('take')
  expect(await folders()).toHaveLength(2)
  await clearWorkFolders()
  expect((await folders()).map((name) => join(tmpdir(), name))).toEqual([own.path])
})

test('the folder stays while a recorder that outlived its worker still works in it', async () => {
  const path = await abandoned()
  const recorder = spawn('sleep', ['60'], { env: { ...process.env, TMPDIR: path } })
  await once(recorder, 'spawn')
  await clearWorkFolders()
  expect(await folders()).toHaveLength(1)
  recorder.kill('SIGKILL')
  await once(recorder, 'exit')
  await clearWorkFolders()
  expect(await folders()).toEqual([])
})
