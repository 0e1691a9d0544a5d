import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const CLIPPER = fileURLToPath(new URL('../../dist/functions/clipper.js', import.meta.url))

test('a clip function that waits for its job goes with its parent, and takes its folder along', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-clip-'))
  const child = spawn(process.execPath, [CLIPPER], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: folder },
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.once('spawn', resolve))
  child.disconnect()
  expect(await gone).toBe(0)
  expect(existsSync(folder)).toBe(false)
})
