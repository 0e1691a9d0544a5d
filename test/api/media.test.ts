import { gunzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { fakeId } from './fakes.ts'
import { openApp } from './open-app.ts'

const SEGMENT = `${fakeId(1)}/takes/1/0.ts`
const PLAYLIST = `${fakeId(1)}/index.m3u8`
const bytes = (text: string) => new TextEncoder().encode(text)

async function openLibrary() {
  const api = await openApp()
  await api.store.put(SEGMENT, bytes('0123456789'))
  await api.store.put(PLAYLIST, bytes('#EXTM3U\n'))
  await api.store.put(`${fakeId(1)}/recording.json`, bytes('{"token":"secret"}'))
  await api.store.put(`${fakeId(1)}/takes/newest.json`, bytes('{"take":"secret"}'))
  const get = (key: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    api.app.inject({ method, url: `/media/${key}`, headers })
  return { api, get, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

test('a segment comes whole, for a year, to players of any site', async () => {
  await using library = await openLibrary()
  const { payload, headers, statusCode } = await library.get(SEGMENT, { origin: 'https://player.example' })
  expect([statusCode, payload]).toEqual([200, '0123456789'])
  expect(headers).toMatchObject({
    'content-type': 'video/mp2t',
    'content-length': '10',
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
})

test('a playlist is asked for every time, and costs nothing when it has not changed', async () => {
  await using library = await openLibrary()
  const { headers } = await library.get(PLAYLIST)
  expect(headers).toMatchObject({ 'content-type': 'application/vnd.apple.mpegurl', 'cache-control': 'no-cache' })
  const again = await library.get(PLAYLIST, { 'if-none-match': String(headers.etag) })
  expect([again.statusCode, again.payload, again.headers.etag]).toEqual([304, '', headers.etag])
  await library.api.store.put(PLAYLIST, bytes('#EXTM3U\n#EXT-X-ENDLIST\n'))
  const changed = await library.get(PLAYLIST, { 'if-none-match': String(headers.etag) })
  expect([changed.statusCode, changed.payload]).toEqual([200, '#EXTM3U\n#EXT-X-ENDLIST\n'])
})

const LONG_PLAYLIST = `#EXTM3U\n${Array.from({ length: 500 }, (_, at) => `#EXTINF:2.000000,\ntakes/1/${at}.ts\n`).join('')}`

test('a long playlist is compressed for who takes that, and costs nothing when it has not changed', async () => {
  await using library = await openLibrary()
  await library.api.store.put(PLAYLIST, bytes(LONG_PLAYLIST))
  const { headers, rawPayload } = await library.get(PLAYLIST, { 'accept-encoding': 'br, gzip;q=0.8' })
  expect(headers).toMatchObject({
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    etag: expect.stringMatching(/^W\//),
  })
  expect(gunzipSync(rawPayload).toString()).toBe(LONG_PLAYLIST)
  expect(rawPayload.byteLength).toBeLessThan(LONG_PLAYLIST.length / 4)
  const asked = { 'accept-encoding': 'gzip', 'if-none-match': String(headers.etag) }
  const again = await library.get(PLAYLIST, asked)
  expect([again.statusCode, again.payload, again.headers.etag]).toEqual([304, '', headers.etag])
  await library.api.store.put(PLAYLIST, bytes(`${LONG_PLAYLIST}#EXT-X-ENDLIST\n`))
  const changed = await library.get(PLAYLIST, asked)
  expect([changed.statusCode, gunzipSync(changed.rawPayload).toString()]).toEqual([
    200,
    `${LONG_PLAYLIST}#EXT-X-ENDLIST\n`,
  ])
})

test.each([
  ['a client that takes no gzip', PLAYLIST, { 'accept-encoding': 'br, gzip;q=0' }],
  ['a client that says nothing', PLAYLIST, {}],
  ['a range', PLAYLIST, { 'accept-encoding': 'gzip', range: 'bytes=0-6' }],
  ['a segment', SEGMENT, { 'accept-encoding': 'gzip' }],
])('%s gets the bytes as they are stored', async (_, key, headers) => {
  await using library = await openLibrary()
  await library.api.store.put(key, bytes(LONG_PLAYLIST))
  const answer = await library.get(key, headers)
  expect(answer.headers['content-encoding']).toBeUndefined()
  expect(answer.payload).toBe('range' in headers ? '#EXTM3U' : LONG_PLAYLIST)
  expect(answer.headers['content-length']).toBe(String(answer.payload.length))
})

test('a player that knows delta updates gets the end of a running index alone, once it has the whole', async () => {
  await using library = await openLibrary()
  const running = LONG_PLAYLIST.replace('#EXTM3U\n', '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n')
  await library.api.store.put(PLAYLIST, bytes(running))
  expect((await library.get(PLAYLIST)).payload).toBe(running)
  expect((await library.get(`${PLAYLIST}?_HLS_skip=YES`)).payload).toBe(running)
  const whole = await library.get(`${PLAYLIST}?delta=1`)
  expect(whole.payload).toContain('#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=24\n')
  expect(whole.payload).toContain('takes/1/0.ts')
  const update = await library.get(`${PLAYLIST}?delta=1&_HLS_skip=YES`)
  expect(update.payload).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=488\n#EXTINF:2.000000,\ntakes/1/488.ts\n')
  expect(update.headers['content-length']).toBe(String(update.payload.length))
})

test('a playlist is read once, whether it has changed or not', async () => {
  await using library = await openLibrary()
  const get = vi.spyOn(library.api.store, 'get')
  const first = await library.get(PLAYLIST)
  for (const etag of [String(first.headers.etag), '"another"']) {
    get.mockClear()
    await library.get(PLAYLIST, { 'if-none-match': etag })
    expect(get.mock.calls.filter(([key]) => key === PLAYLIST)).toHaveLength(1)
  }
})

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=3-1', 200, '0123456789', undefined],
  ['bytes=0-1,4-5', 200, '0123456789', undefined],
  ['seconds=0-1', 200, '0123456789', undefined],
])('the range %s gives %i', async (range, status, body, contentRange) => {
  await using library = await openLibrary()
  const { statusCode, payload, headers } = await library.get(SEGMENT, { range })
  expect([statusCode, payload, headers['content-range'], headers['content-length']]).toEqual([
    status,
    body,
    contentRange,
    String(body.length),
  ])
})

test.each(['bytes=10-', 'bytes=-0'])('the range %s lies outside and says how long the object is', async (range) => {
  await using library = await openLibrary()
  const response = await library.get(SEGMENT, { range })
  expect([response.statusCode, response.headers['content-range']]).toEqual([416, 'bytes */10'])
  expect(response.json()).toMatchObject({ code: 'store.range-invalid', received: range })
})

test('a range of an object that has changed gives the new object whole', async () => {
  await using library = await openLibrary()
  const { headers } = await library.get(SEGMENT)
  const same = await library.get(SEGMENT, { range: 'bytes=0-1', 'if-range': String(headers.etag) })
  const other = await library.get(SEGMENT, { range: 'bytes=0-1', 'if-range': '"old"' })
  expect([same.statusCode, other.statusCode]).toEqual([206, 200])
})

test('HEAD says what GET would, without the bytes', async () => {
  await using library = await openLibrary()
  const { statusCode, payload, headers } = await library.get(SEGMENT, {}, 'HEAD')
  expect([statusCode, payload, headers['content-length'], headers['content-type']]).toEqual([
    200,
    '',
    '10',
    'video/mp2t',
  ])
})

test.each([
  'recording.json',
  'takes/1/../../recording.json',
  'takes/1/.hidden',
  'takes/9/9.ts',
  '%2e%2e/other/index.m3u8',
  'spool/0.ts',
  'takes/newest.json',
])('%s of a recording is not served', async (path) => {
  await using library = await openLibrary()
  const response = await library.get(`${fakeId(1)}/${path}`)
  expect([response.statusCode, response.json().code === 'internal']).toEqual([404, false])
  expect(response.payload).not.toContain('secret')
})

test('a page of another site may ask before it sends a range or a key', async () => {
  await using library = await openLibrary()
  const headers = { origin: 'https://player.example', 'access-control-request-method': 'GET' }
  const response = await library.api.app.inject({ method: 'OPTIONS', url: `/media/${SEGMENT}`, headers })
  expect([response.statusCode, response.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD'])
})

test('a player that leaves in the middle leaves nothing open', async () => {
  await using library = await openLibrary()
  await library.api.store.put(SEGMENT, new Uint8Array(20_000_000))
  const address = await library.api.listen()
  const leaving = new AbortController()
  const response = await fetch(`${address}/media/${SEGMENT}`, { signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
  expect((await fetch(`${address}/media/${PLAYLIST}`)).status).toBe(200)
})
