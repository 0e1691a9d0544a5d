import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsError } from '../../src/store/fs-error.ts'
import { openStore } from '../../src/store/index.ts'
import { describeSegmentStore } from './conformance.ts'

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-store-'))
  const store = await openStore({ kind: 'fs', path: join(path, 'made-when-needed') })
  return { store, path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

describeSegmentStore('a store in a folder', openFolder)

test('leaves no temporary file beside what it wrote', async () => {
  await using opened = await openFolder()
  await opened.store.put('a/b', new Uint8Array(10))
  expect(await readdir(join(opened.path, 'made-when-needed', 'a'))).toEqual(['b'])
})

test('leaves no temporary file when a write fails', async () => {
  await using opened = await openFolder()
  await opened.store.put('a/b', new Uint8Array(10))
  await expect(opened.store.putFile('a/c', join(opened.path, 'missing'))).rejects.toMatchObject({ name: 'AppError' })
  expect(await readdir(join(opened.path, 'made-when-needed', 'a'))).toEqual(['b'])
})

test('does not list what others put beside its objects under a hidden name', async () => {
  await using opened = await openFolder()
  await opened.store.put('a/b', new Uint8Array(10))
  await writeFile(join(opened.path, 'made-when-needed', 'a', '.cut-off.tmp'), 'half')
  const keys = []
  for await (const { key } of opened.store.list('')) keys.push(key)
  expect(keys).toEqual(['a/b'])
})

test('tells a full disk from one that does not answer', async () => {
  const full = await writeFile('/dev/full', 'x').catch((error: unknown) => fsError('Writing', error))
  expect(full).toMatchObject({ code: 'spool.disk-full' })
})

test('refuses to be a folder where a file is', async () => {
  await using opened = await openFolder()
  await writeFile(join(opened.path, 'file'), 'x')
  const store = await openStore({ kind: 'fs', path: join(opened.path, 'file') })
  await expect(store.check()).rejects.toMatchObject({ code: 'store.refused' })
})
