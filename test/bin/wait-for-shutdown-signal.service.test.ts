import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MODULE = fileURLToPath(new URL('../../src/bin/wait-for-shutdown-signal.ts', import.meta.url))

/** A program that is told to stop and does what comes after it; resolves when it is ready to be told. */
async function start(options: string, after: string) {
  const code = `import { waitForShutdownSignal } from ${JSON.stringify(MODULE)}
    const told = waitForShutdownSignal(${options})
    const busy = setInterval(() => {}, 1000)
    console.log('ready')
    await told
    console.log('told')
    ${after}`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code])
  await once(child.stdout, 'data')
  return { child, stderr: text(child.stderr) }
}

async function exitOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const [code, signal] = await once(child, 'exit')
  return [code, signal]
}

test('a program that ends in time ends by itself', async () => {
  const { child, stderr } = await start('{ withinMs: 20_000 }', 'clearInterval(busy)')
  child.kill('SIGTERM')
  expect(await exitOf(child)).toEqual([0, null])
  expect(await stderr).toBe('')
})

test('one that does not is ended, and says so', async () => {
  const { child, stderr } = await start('{ withinMs: 300 }', '')
  child.kill('SIGTERM')
  expect(await exitOf(child)).toEqual([1, null])
  expect(await stderr).toContain('not all had ended after 300 ms')
})

test('a second signal ends it at once', async () => {
  const { child, stderr } = await start('', '')
  child.kill('SIGTERM')
  await once(child.stdout ?? child, 'data')
  child.kill('SIGINT')
  expect(await exitOf(child)).toEqual([1, null])
  expect(await stderr).toBe('')
})
