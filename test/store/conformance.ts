import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SegmentStore } from '../../src/store/index.ts'

type Opened = { readonly store: SegmentStore } & AsyncDisposable
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const BAD_KEYS = [
  '',
  '/',
  'a//b',
  '../a',
  'a/../b',
  'a/./b',
  '/a',
  'a/',
  '.hidden',
  'a/.hidden',
  'a\\b',
  'a\0b',
  'ä',
  'x'.repeat(1000),
]
/** Larger than what the S3 driver sends in one part. */
const LARGE_BYTES = 17 * 1024 * 1024

/** What every driver of `SegmentStore` guarantees. */
export function describeSegmentStore(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened
    let store: SegmentStore
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened[Symbol.asyncDispose]())

    test('gives back what was put, with its size and a quoted validator', async () => {
      await store.put('rec_1/index.m3u8', bytes('hello'))
      const object = await store.get('rec_1/index.m3u8')
      expect(await text(object.body)).toBe('hello')
      expect(object).toMatchObject({ key: 'rec_1/index.m3u8', size: 5, range: undefined })
      expect(object.etag).toMatch(/^".+"$/)
      expect(Math.abs(object.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000)
    })

    test('keeps an empty object', async () => {
      await store.put('empty', new Uint8Array())
      const object = await store.get('empty')
      expect([object.size, await text(object.body)]).toEqual([0, ''])
    })

    test('replaces an object whole, and its validator changes', async () => {
      await store.put('a', bytes('a long first text'))
      const before = await store.head('a')
      await store.put('a', bytes('short'))
      const after = await store.head('a')
      expect(await text((await store.get('a')).body)).toBe('short')
      expect(after?.size).toBe(5)
      expect(after?.etag).not.toBe(before?.etag)
    })

    test('stores a file as it is, also one of many parts', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'panorec-store-'))
      const large = randomBytes(LARGE_BYTES)
      await writeFile(join(folder, 'small'), 'segment')
      await writeFile(join(folder, 'large'), large)
      await store.putFile('takes/1/0.ts', join(folder, 'small'))
      await store.putFile('takes/1/1.ts', join(folder, 'large'))
      await rm(folder, { recursive: true })
      expect(await text((await store.get('takes/1/0.ts')).body)).toBe('segment')
      const stored = Buffer.from(await new Response((await store.get('takes/1/1.ts')).body).arrayBuffer())
      expect(stored.equals(large)).toBe(true)
    })

    test.each([
      [{ start: 0, end: 0 }, '0', { start: 0, end: 0 }],
      [{ start: 2, end: 4 }, '234', { start: 2, end: 4 }],
      [{ start: 7 }, '789', { start: 7, end: 9 }],
      [{ start: 8, end: 99 }, '89', { start: 8, end: 9 }],
    ])('gives the part %j of an object', async (range, expected, answered) => {
      await store.put('digits', bytes('0123456789'))
      const object = await store.get('digits', { range })
      expect(await text(object.body)).toBe(expected)
      expect([object.range, object.size]).toEqual([answered, 10])
    })

    test('refuses a range that begins behind the end', async () => {
      await store.put('digits', bytes('0123456789'))
      await expect(store.get('digits', { range: { start: 10 } })).rejects.toMatchObject({ code: 'store.range-invalid' })
    })

    test('says that an object is not there', async () => {
      await expect(store.get('missing')).rejects.toMatchObject({ code: 'store.not-found' })
      await expect(store.get('missing/deeper')).rejects.toMatchObject({ code: 'store.not-found' })
      expect(await store.head('missing')).toBeUndefined()
    })

    test('deletes, and deleting what is not there is no error', async () => {
      await store.put('a/b', bytes('x'))
      await store.delete('a/b')
      await store.delete('a/b')
      expect(await store.head('a/b')).toBeUndefined()
    })

    test('forgets a folder with its last object', async () => {
      for (const key of ['r/takes/1/0.ts', 'r/takes/1/1.ts', 'r/takes/2/0.ts', 's/a']) await store.put(key, bytes('x'))
      await store.delete('r/takes/1/0.ts')
      expect(await foldersOf(store, 'r/takes/')).toEqual(['1', '2'])
      await store.delete('r/takes/1/1.ts')
      expect(await foldersOf(store, 'r/takes/')).toEqual(['2'])
      await store.delete('r/takes/2/0.ts')
      expect(await foldersOf(store, '')).toEqual(['s'])
    })

    test('keeps what is written into a folder while its last object is deleted', async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        await store.put('r/f/old', bytes('x'))
        await Promise.all([store.put(`r/f/new`, bytes('y')), store.delete('r/f/old')])
        expect(await listed(store, 'r/')).toEqual(['r/f/new'])
        await store.delete('r/f/new')
      }
    })

    test('lists by prefix in the order of whole keys', async () => {
      const keys = [
        'r/takes/1/0.ts',
        'r/takes/1/10.ts',
        'r/takes/1/2.ts',
        'r/takes-old',
        'r/takes.txt',
        'r/index.m3u8',
        'r2/x',
      ]
      for (const key of keys) await store.put(key, bytes(key))
      expect(await listed(store, 'r/')).toEqual(keys.filter((key) => key.startsWith('r/')).sort())
      expect(await listed(store, 'r/takes/1/1')).toEqual(['r/takes/1/10.ts'])
      expect(await listed(store, 'r')).toEqual([...keys].sort())
      expect(await listed(store, '')).toEqual([...keys].sort())
      expect(await listed(store, 'nothing/')).toEqual([])
      expect(await foldersOf(store, '')).toEqual([...new Set(keys.flatMap(topOf))].sort())
      expect(await foldersOf(store, 'r/')).toEqual(['takes'])
      expect(await foldersOf(store, 'nothing/')).toEqual([])
    })

    test.each(BAD_KEYS)('lets no key out of the store: %j', async (key) => {
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject({ code: 'store.refused' })
      await expect(store.get(key)).rejects.toMatchObject({ code: 'store.not-found' })
      expect(await store.head(key)).toBeUndefined()
      await store.delete(key)
      expect(await listed(store, '')).toEqual([])
    })

    test('shows readers the old bytes or the new ones, never a part', async () => {
      const versions = [bytes('a'.repeat(200_000)), bytes('b'.repeat(300_000))]
      await store.put('live.m3u8', versions[0] ?? bytes(''))
      let writing = true
      const writer = (async () => {
        for (let turn = 1; turn <= 10; turn += 1) await store.put('live.m3u8', versions[turn % 2] ?? bytes(''))
        writing = false
      })()
      while (writing) {
        const read = await text((await store.get('live.m3u8')).body)
        expect([`${read[0]}${read.length}`, new Set(read).size]).toEqual([read[0] === 'a' ? 'a200000' : 'b300000', 1])
      }
      await writer
    })

    test('lets a reader stop in the middle', async () => {
      await store.put('large', new Uint8Array(2_000_000))
      const reader = (await store.get('large')).body.getReader()
      await reader.read()
      await reader.cancel()
    })

    test('stops when aborted', async () => {
      const signal = AbortSignal.abort()
      await expect(store.put('a', bytes('x'), { signal })).rejects.toThrow()
      expect(await store.head('a')).toBeUndefined()
    })

    test('checks itself and leaves nothing behind', async () => {
      await store.check()
      expect(await listed(store, '')).toEqual([])
    })
  })
}

function text(body: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(body).text()
}

async function foldersOf(store: SegmentStore, folder: string): Promise<string[]> {
  const names = []
  for await (const name of store.folders(folder)) names.push(name)
  return names
}

const topOf = (key: string): readonly string[] => (key.includes('/') ? [key.slice(0, key.indexOf('/'))] : [])

async function listed(store: SegmentStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  return keys
}
