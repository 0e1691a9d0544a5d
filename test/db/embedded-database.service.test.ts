import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../src/db/index.ts'
import { spawnChild } from '../../src/machine/index.ts'

/** Each test starts processes that compile a Postgres, on a busy machine. */
vi.setConfig({ testTimeout: 120_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-db-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (dir: string): Promise<Database> => openDatabase({ kind: 'embedded', dir }, () => {})

test('what a start that was killed had half made is no database, and is cleared away', async () => {
  const dir = join(folder, 'db')
  await mkdir(join(folder, 'db.new-Zz12x3'))
  await writeFile(join(folder, 'db.new-Zz12x3', 'PG_VERSION'), '18\n')
  await using database = await open(dir)
  await database.check()
  expect((await readdir(folder)).sort()).toEqual(['db', 'db.lock'])
})

test('a folder that is there already and cannot be replaced, such as a mount, gets its database', async () => {
  const dir = join(folder, 'db')
  await mkdir(join(dir, 'lost+found'), { recursive: true })
  await using database = await open(dir)
  await database.check()
  expect(await readdir(dir)).toContain('lost+found')
  expect(await readFile(join(dir, 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/)
})

test('a place where no database can be made is named', async () => {
  const dir = join(folder, 'db')
  await writeFile(dir, 'a file')
  await expect(open(dir)).rejects.toMatchObject({
    code: 'database.unavailable',
    message: expect.stringContaining(dir) as string,
  })
  expect(await readdir(folder)).toEqual(['db'])
})

test('the WebAssembly compiler is limited in a process that has the database, and not in its children', async () => {
  // The tests above have opened it in this process.
  expect(await isOptimized('')).toBe(true)
  const machine = new URL('../../src/machine/index.ts', import.meta.url)
  expect(await isOptimized(`(await import('${machine}')).limitWasmCompiler()`)).toBe(false)
})

/** A loop that counts its parameter down, run often, and asked who compiled it (V8, runtime-test.cc). */
const HOT_LOOP = `
import { setFlagsFromString } from 'node:v8'
const code = '0061736d0100000001060160017f017f03020100070501016600000a150113000340200041016b220041004a0d000b20000b'
const { f } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(code, 'hex'))).exports
for (let i = 0; i < 3000; i += 1) f(10000)
setFlagsFromString('--allow-natives-syntax')
const ask = (0, eval)('(f) => %IsTurboFanFunction(f)')
setTimeout(() => { process.send(ask(f)); process.disconnect() }, 500)
`

/** Whether a child of this process that runs `first` compiles what is hot once more. */
async function isOptimized(first: string): Promise<unknown> {
  const script = join(folder, `loop-${first.length}.mjs`)
  await writeFile(script, `${first}\n${HOT_LOOP}`)
  const said: unknown[] = []
  await using child = await spawnChild({
    script,
    environment: {},
    onMessage: (message) => said.push(message),
    onLine: () => {},
  })
  await child.exited
  return said[0]
}
