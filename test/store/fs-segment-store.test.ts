import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
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

test('leaves nothing of a recording whose objects are deleted, also not what a killed writer had begun', async () => {
  await using opened = await openFolder()
  const root = join(opened.path, 'made-when-needed')
  await opened.store.put('rec/takes/1/0.ts', new Uint8Array(10))
  await opened.store.put('rec/recording.json', new Uint8Array(10))
  await mkdir(join(root, 'rec/takes/2'))
  for (const take of [1, 2]) await writeFile(join(root, `rec/takes/${take}/.${randomUUID()}.tmp`), 'half a segment')
  await opened.store.delete('rec/takes/1/0.ts')
  expect(await readdir(join(root, 'rec'))).toEqual(['recording.json'])
  await opened.store.delete('rec/recording.json')
  expect(await readdir(root)).toEqual([])
})

test('names no folder in which there is no object', async () => {
  await using opened = await openFolder()
  const root = join(opened.path, 'made-when-needed')
  await mkdir(join(root, 'rec/takes/1'), { recursive: true })
  await writeFile(join(root, `rec/takes/1/.${randomUUID()}.tmp`), 'half a segment')
  const names = []
  for await (const name of opened.store.folders('')) names.push(name)
  expect(names).toEqual([])
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
