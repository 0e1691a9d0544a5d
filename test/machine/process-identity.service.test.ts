import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { lifeOf } from '../../src/machine/index.ts'

/** Users that own no process here. */
const [OTHER_UID, OWN_UID] = [65_533, 65_532]
/** Belongs to the system's administrator. */
const INIT_PID = 1
const FOREVER = ['-e', 'setInterval(() => {}, 1000)']

test('where there is no /proc, a living process of another user is running, and one that ended is gone', async () => {
  const isRoot = process.geteuid?.() === 0
  const child = spawn(process.execPath, FOREVER, { cwd: '/', stdio: 'ignore', ...(isRoot && { uid: OTHER_UID }) })
  const identity = { pid: child.pid ?? Number.NaN, startTicks: '', bootId: '' }
  try {
    if (isRoot) process.seteuid?.(OWN_UID)
    expect(lifeOf(isRoot ? identity : { ...identity, pid: INIT_PID })).toBe('running')
  } finally {
    if (isRoot) process.seteuid?.(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(lifeOf(identity)).toBe('gone')
})
