import { expect, test } from 'vitest'
import { fakeHighlightId } from './fake-highlights.ts'
import { fakeId } from './fakes.ts'
import { openApp } from './open-app.ts'

const ID = fakeId(1)
const FOLDER = `${ID}/highlights/${fakeHighlightId(1)}`
const RECAP = `${ID}/outputs/rcp_01JD0000000000000000000001.mp4`
const bytes = (text: string) => new TextEncoder().encode(text)

async function openLibrary() {
  const api = await openApp()
  await api.recordings.start({ room: 'class-42', metadata: { course: 'math-1' } })
  await api.highlights.trigger(ID, { at: '2026-11-21T09:14:00.000Z', label: 'Great “answer” 🎉' })
  api.highlights.change(fakeHighlightId(1), { state: 'ready' })
  await api.highlights.recap(ID, { title: 'All of it' })
  for (const file of ['clip.m3u8', 'clip.mp4', 'poster.jpg', 'preview.webp'])
    await api.store.put(`${FOLDER}/${file}`, bytes('0123456789'))
  await api.store.put(RECAP, bytes('0123456789'))
  await api.store.put(`${ID}/takes/1/0.ts`, bytes('0123456789'))
  const get = (key: string, headers: Record<string, string> = {}) => api.app.inject({ url: `/media/${key}`, headers })
  return { api, get, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

const FOREVER = 'public, max-age=31536000, immutable'
test.each([
  [`${FOLDER}/clip.m3u8`, 'application/vnd.apple.mpegurl', 'no-cache'],
  [`${FOLDER}/clip.mp4`, 'video/mp4', FOREVER],
  [`${FOLDER}/poster.jpg`, 'image/jpeg', FOREVER],
  [`${FOLDER}/preview.webp`, 'image/webp', FOREVER],
  [RECAP, 'video/mp4', FOREVER],
])('%s comes as %s, to keep: %s', async (key, type, cache) => {
  await using library = await openLibrary()
  const whole = await library.get(key)
  expect([whole.statusCode, whole.headers['content-type'], whole.headers['cache-control']]).toEqual([200, type, cache])
  expect(whole.headers['content-disposition']).toBeUndefined()
  const part = await library.get(key, { range: 'bytes=2-4' })
  expect([part.statusCode, part.payload, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10'])
})

const encoded = (name: string) => `filename*=UTF-8''${encodeURIComponent(name)}`
test.each([
  [`${FOLDER}/clip.mp4`, 'math-1 Great “answer” 🎉 2026-11-21 09.14.mp4'],
  [`${FOLDER}/poster.jpg`, 'math-1 Great “answer” 🎉 2026-11-21 09.14.jpg'],
  [RECAP, 'math-1 All of it 2026-11-21 10.00.mp4'],
  [`${ID}/takes/1/0.ts`, '0.ts'],
])('%s is saved as "%s"', async (key, name) => {
  await using library = await openLibrary()
  const { statusCode, headers } = await library.get(`${key}?download=1`)
  expect([statusCode, headers['content-disposition']]).toEqual([200, expect.stringContaining(encoded(name))])
})

test('a clip whose highlight is forgotten is saved all the same', async () => {
  await using library = await openLibrary()
  await library.api.highlights.delete(fakeHighlightId(1))
  const { statusCode, headers } = await library.get(`${FOLDER}/clip.mp4?download=1`)
  expect([statusCode, headers['content-disposition']]).toEqual([200, expect.stringContaining(encoded('clip.mp4'))])
})

test.each([`${FOLDER}/highlight.json`, RECAP.replace('.mp4', '.json')])('%s is for the service alone', async (key) => {
  await using library = await openLibrary()
  await library.api.store.put(key, bytes('{}'))
  expect((await library.get(key)).statusCode).toBe(404)
})

test('a clip that is asked for too early is not kept as missing, and plays once it is there', async () => {
  await using library = await openLibrary()
  await library.api.store.delete(`${FOLDER}/clip.mp4`)
  const early = await library.get(`${FOLDER}/clip.mp4?download=1`)
  expect([early.statusCode, early.headers['cache-control'], early.headers['content-disposition']]).toEqual([
    404,
    'no-store',
    undefined,
  ])
  expect(early.json()).toMatchObject({ code: 'store.not-found', detail: expect.stringContaining('highlight.ready') })
  await library.api.store.put(`${FOLDER}/clip.mp4`, bytes('now'))
  expect((await library.get(`${FOLDER}/clip.mp4`)).payload).toBe('now')
})

test('a range outside is a problem of its own, and no cache takes it for the clip', async () => {
  await using library = await openLibrary()
  const { statusCode, headers } = await library.get(`${FOLDER}/clip.mp4`, { range: 'bytes=10-' })
  expect(statusCode).toBe(416)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-range': 'bytes */10' })
  expect([headers.etag, headers['last-modified']]).toEqual([undefined, undefined])
})

test('with keys, a clip stays with its reader', async () => {
  await using api = await openApp({ apiKeys: ['key-one-0123456789'] })
  await api.store.put(`${FOLDER}/clip.mp4`, bytes('0'))
  const headers = { authorization: 'Bearer key-one-0123456789' }
  const { statusCode, headers: given } = await api.app.inject({ url: `/media/${FOLDER}/clip.mp4`, headers })
  expect([statusCode, given['cache-control']]).toEqual([200, 'private, max-age=31536000, immutable'])
  expect((await api.app.inject(`/media/${FOLDER}/clip.mp4`)).statusCode).toBe(401)
})
