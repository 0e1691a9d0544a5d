import { expect, test } from 'vitest'
import { cursorAfter } from '../../src/recording/index.ts'
import { fakeHighlightId } from './fake-highlights.ts'
import { fakeId } from './fakes.ts'
import { NOW_MS, openApp } from './open-app.ts'

const ID = fakeId(1)
const HL = fakeHighlightId(1)
const SPEC = {
  room: 'class-42',
  sources: [{ id: 'teacher', type: 'hls' as const, url: 'https://live.example.com/a.m3u8' }],
}

async function openGallery(options: Parameters<typeof openApp>[0] = {}) {
  const api = await openApp(options)
  await api.recordings.start(SPEC)
  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
    headers = {},
  ) => {
    const response = await api.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: response.statusCode, headers: response.headers, body: response.payload && response.json() }
  }
  return { api, call, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

test('triggers a highlight and says where it is', async () => {
  await using gallery = await openGallery()
  const trigger = { at: '2026-11-21T10:00:00.5+01:00', preSec: 0, postSec: 600, label: 'Great 🎉', by: 'Ms Li' }
  const { status, headers, body } = await gallery.call('POST', `/v1/recordings/${ID}/highlights`, trigger)
  expect([status, headers.location]).toEqual([201, `/v1/highlights/${HL}`])
  expect(body).toMatchObject({ ...trigger, id: HL, at: '2026-11-21T09:00:00.500Z', state: 'waiting' })
  expect((await gallery.call('GET', `/v1/highlights/${HL}`)).body).toEqual(body)
})

test('triggers now with no body at all', async () => {
  await using gallery = await openGallery()
  const { status, body } = await gallery.call('POST', `/v1/recordings/${ID}/highlights`)
  expect([status, body.at]).toEqual([201, new Date(NOW_MS).toISOString()])
})

test('a repeated trigger with the same Idempotency-Key cuts once', async () => {
  await using gallery = await openGallery()
  const url = `/v1/recordings/${ID}/highlights`
  const key = { 'idempotency-key': 'moment-1' }
  const first = await gallery.call('POST', url, { label: 'a' }, key)
  const again = await gallery.call('POST', url, { label: 'a' }, key)
  expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([201, first.body, 'true'])
  expect(gallery.api.highlights.triggered).toBe(1)
  const other = await gallery.call('POST', url, { label: 'b' }, key)
  expect([other.status, other.body.code]).toEqual([409, 'idempotency.conflict'])
})

test('a trigger is known again by its Idempotency-Key and its body, by any service', async () => {
  const origins = []
  for (const [key, label] of [
    ['moment-1', 'a'],
    ['moment-1', 'a'],
    ['moment-1', 'b'],
    ['moment-2', 'a'],
  ]) {
    await using gallery = await openGallery()
    await gallery.call('POST', `/v1/recordings/${ID}/highlights`, { label }, { 'idempotency-key': key })
    origins.push(...gallery.api.highlights.origins.map((origin) => origin?.trigger === 'api' && origin.key))
  }
  expect(origins).toEqual(Array(4).fill(expect.stringMatching(/^api-[0-9a-f]{40}$/)))
  expect([origins[0] === origins[1], new Set(origins).size]).toEqual([true, 3])
})

test('passes every filter of both lists on, with numbers, flags and times as such', async () => {
  await using gallery = await openGallery()
  const cursor = cursorAfter(HL)
  const own = `limit=5&cursor=${cursor}&state=ready&state=failed&label=great&by=Ms%20Li&favourite=true`
  const times = 'since=2026-11-21T09:00:00Z&until=2026-11-22T00:00:00%2B02:00'
  expect((await gallery.call('GET', `/v1/highlights?recording=${ID}&room=class-42&${own}&${times}`)).status).toBe(200)
  expect((await gallery.call('GET', `/v1/recordings/${ID}/highlights?favourite=false`)).status).toBe(200)
  expect((await gallery.call('GET', '/v1/highlights')).status).toBe(200)
  const filters = { limit: 5, cursor, states: ['ready', 'failed'], label: 'great', by: 'Ms Li', favourite: true }
  const bounds = { since: '2026-11-21T09:00:00.000Z', until: '2026-11-21T22:00:00.000Z' }
  expect(gallery.api.highlights.queries).toEqual([
    { recordingId: ID, room: 'class-42', ...filters, ...bounds },
    { recordingId: ID, limit: 20, favourite: false },
    { limit: 20 },
  ])
})

test('names a highlight afterwards, and takes the name away', async () => {
  await using gallery = await openGallery()
  await gallery.call('POST', `/v1/recordings/${ID}/highlights`)
  for (const label of ['Great answer', null]) {
    const { status, body } = await gallery.call('PATCH', `/v1/highlights/${HL}`, { label })
    expect([status, body.label]).toEqual([200, label])
  }
})

test('marks, unmarks and deletes', async () => {
  await using gallery = await openGallery()
  await gallery.call('POST', `/v1/recordings/${ID}/highlights`)
  const url = `/v1/highlights/${HL}`
  for (const [method, favourite] of [
    ['PUT', true],
    ['PUT', true],
    ['DELETE', false],
    ['DELETE', false],
  ] as const) {
    const { status, body } = await gallery.call(method, `${url}/favourite`)
    expect([status, body.favourite]).toEqual([200, favourite])
  }
  expect((await gallery.call('DELETE', url)).status).toBe(204)
  expect((await gallery.call('GET', url)).body.code).toBe('highlight.not-found')
})

test('a link is absolute, for the host that was asked or as the operator says', async () => {
  for (const [publicUrl, base] of [
    [null, 'http://localhost:8080'],
    ['https://rec.example/x', 'https://rec.example/x'],
  ]) {
    await using gallery = await openGallery({ publicUrl: publicUrl ?? null })
    await gallery.call('POST', `/v1/recordings/${ID}/highlights`)
    const url = `/v1/highlights/${HL}/share`
    const made = await gallery.call('POST', url, { expiresInSec: 60 }, { host: 'localhost:8080' })
    expect([made.status, made.body.url]).toEqual([201, expect.stringMatching(`^${base}/s/[^/]+$`)])
    expect(made.body.expiresAt).toBe(new Date(NOW_MS + 60_000).toISOString())
    const listed = await gallery.call('GET', `/v1/highlights/${HL}/shares`, undefined, { host: 'localhost:8080' })
    expect(listed.body).toEqual({ items: [made.body], nextCursor: null })
    expect((await gallery.call('DELETE', `/v1/highlights/${HL}/shares/${made.body.id}`)).status).toBe(204)
    expect((await gallery.call('GET', `/v1/highlights/${HL}/shares`)).body.items[0].revokedAt).not.toBeNull()
  }
})

test('asks for a recap once, finds it again, and deletes it', async () => {
  await using gallery = await openGallery()
  await gallery.call('POST', `/v1/recordings/${ID}/highlights`)
  gallery.api.highlights.change(HL, { state: 'ready' })
  const request = { highlights: [HL], title: 'The lesson', titles: false, crossfadeSec: 0 }
  const key = { 'idempotency-key': 'film' }
  const made = await gallery.call('POST', `/v1/recordings/${ID}/recap`, request, key)
  expect(made).toMatchObject({ status: 201, body: { ...request, state: 'rendering' } })
  expect(made.headers.location).toBe(`/v1/recaps/${made.body.id}`)
  expect((await gallery.call('POST', `/v1/recordings/${ID}/recap`, request, key)).body).toEqual(made.body)
  expect((await gallery.call('GET', `/v1/recaps/${made.body.id}`)).body).toEqual(made.body)
  expect((await gallery.call('GET', `/v1/recordings/${ID}/recaps`)).body).toEqual({
    items: [made.body],
    nextCursor: null,
  })
  expect((await gallery.call('DELETE', `/v1/recaps/${made.body.id}`)).status).toBe(204)
  expect((await gallery.call('DELETE', `/v1/recaps/${made.body.id}`)).body.code).toBe('recap.not-found')
  expect((await gallery.call('GET', `/v1/recordings/${ID}/recaps`)).body).toEqual({ items: [], nextCursor: null })
})
