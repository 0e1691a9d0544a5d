import { decodeTime } from 'ulid'
import { expect, test } from 'vitest'
import { AppError } from '../../src/protocol/index.ts'
import { fakeId } from './fakes.ts'
import { NOW_MS, openApp } from './open-app.ts'

const SPEC = {
  room: 'class-42',
  sources: [{ id: 'teacher', type: 'hls', url: 'https://live.example.com/a.m3u8', role: 'presenter' }],
  metadata: { course: 'math-1' },
}

test('starts a recording and says where it is', async () => {
  await using api = await openApp()
  const response = await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  expect(response.statusCode).toBe(201)
  expect(response.headers.location).toBe(`/v1/recordings/${fakeId(1)}`)
  expect(response.json()).toMatchObject({
    id: fakeId(1),
    state: 'requested',
    room: 'class-42',
    metadata: { course: 'math-1' },
  })
})

test('passes every filter of the list on, with numbers and lists as such', async () => {
  await using api = await openApp()
  const url = '/v1/recordings?limit=5&state=recording&room=class-42&metadata.course=math-1&metadata.x=1'
  const response = await api.app.inject(url)
  expect(response.statusCode).toBe(200)
  expect(api.recordings.queries).toEqual([
    { limit: 5, states: ['recording'], room: 'class-42', metadata: { course: 'math-1', x: '1' } },
  ])
})

test('stops with no body, with an empty one, and with a JSON content type but nothing behind it', async () => {
  await using api = await openApp()
  await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  api.recordings.become(fakeId(1), 'recording')
  const url = `/v1/recordings/${fakeId(1)}/stop`
  for (const request of [{}, { payload: {} }, { headers: { 'content-type': 'application/json' } }]) {
    const response = await api.app.inject({ method: 'POST', url, ...request })
    expect([response.statusCode, response.json().state]).toEqual([200, 'finalizing'])
  }
})

test('switches the layout and changes the sources while it runs', async () => {
  await using api = await openApp()
  const { app } = api
  await app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  const url = `/v1/recordings/${fakeId(1)}`
  const layout = { name: 'speaker', focus: 'teacher' }
  expect((await app.inject({ method: 'PUT', url: `${url}/layout`, payload: layout })).json().layout).toEqual(layout)
  const source = { id: 'amy', type: 'whep', url: 'https://sfu.example.com/amy', token: 'x' }
  const added = await app.inject({ method: 'POST', url: `${url}/sources`, payload: source })
  expect([added.statusCode, added.json().token]).toEqual([201, undefined])
  const patched = await app.inject({ method: 'PATCH', url: `${url}/sources/amy`, payload: { muted: true } })
  expect(patched.json()).toMatchObject({ id: 'amy', muted: true })
  expect((await app.inject({ method: 'DELETE', url: `${url}/sources/amy` })).statusCode).toBe(204)
  expect((await app.inject(url)).json().sources).toHaveLength(1)
})

test('takes one signal or a list, and dates and numbers what has no date and no id', async () => {
  await using api = await openApp()
  const { app, recordings } = api
  await app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  const url = `/v1/recordings/${fakeId(1)}/signals`
  const one = { v: 1, type: 'hand.raised', from: 'amy' }
  const many = [
    { v: 1, type: 'chat.message', text: 'hi', at: 5, id: 'm1', seq: 99 },
    { v: 1, type: 'poll.opened', question: '?' },
  ]
  expect((await app.inject({ method: 'POST', url, payload: one })).statusCode).toBe(202)
  const answer = await app.inject({ method: 'POST', url, payload: many })
  expect(answer.json().ids).toEqual(['m1', expect.any(String)])
  expect(recordings.sent).toEqual([
    { ...one, at: NOW_MS, id: expect.any(String) },
    { v: 1, type: 'chat.message', text: 'hi', at: 5, id: 'm1' },
    { v: 1, type: 'poll.opened', question: '?', at: NOW_MS, id: expect.any(String) },
  ])
})

test('dates a signal from the future now, and leaves one from the past alone', async () => {
  await using api = await openApp()
  await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  const payload = [NOW_MS + 9_000, NOW_MS + 11_000, 1].map((at) => ({ v: 1, type: 'hand.raised', at }))
  await api.app.inject({ method: 'POST', url: `/v1/recordings/${fakeId(1)}/signals`, payload })
  expect(api.recordings.sent.map(({ at }) => at)).toEqual([NOW_MS + 9_000, NOW_MS, 1])
})

test('a repeated POST with the same Idempotency-Key starts one recording and gives the same answer', async () => {
  await using api = await openApp()
  const headers = { 'idempotency-key': 'k-1' }
  const post = (payload: object) => api.app.inject({ method: 'POST', url: '/v1/recordings', payload, headers })
  const first = await post(SPEC)
  const again = await post({ metadata: SPEC.metadata, sources: SPEC.sources, room: SPEC.room })
  expect([first.statusCode, again.statusCode]).toEqual([201, 201])
  expect(again.json()).toEqual(first.json())
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(api.recordings.started).toBe(1)
  const other = await post({ ...SPEC, room: 'class-43' })
  expect([other.statusCode, other.json().code]).toEqual([409, 'idempotency.conflict'])
})

test('a key whose request failed is free again', async () => {
  await using api = await openApp()
  const request = {
    method: 'POST',
    url: `/v1/recordings/${fakeId(1)}/stop`,
    headers: { 'idempotency-key': 'k' },
  } as const
  expect((await api.app.inject(request)).statusCode).toBe(404)
  await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC })
  expect((await api.app.inject(request)).statusCode).toBe(200)
})

test('what a request is deduplicated by is the same for its repetitions, and for no other key, caller or day', async () => {
  let nowMs = NOW_MS
  await using api = await openApp({ apiKeys: ['key-a', 'key-b'], clock: () => nowMs })
  api.idempotency.fail = new AppError('database.unavailable', 'The database cannot be reached')
  const post = async (key: string, caller = 'key-a') => {
    const headers = { 'idempotency-key': key, authorization: `Bearer ${caller}` }
    const { statusCode } = await api.app.inject({ method: 'POST', url: '/v1/recordings', payload: SPEC, headers })
    return [statusCode, api.recordings.onces.at(-1)?.key, api.recordings.onces.at(-1)?.ulid]
  }
  const first = await post('k')
  expect(first).toEqual([
    201,
    expect.stringMatching(/^api-[0-9a-f]{40}$/),
    expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
  ])
  expect(decodeTime(String(first[2]))).toBe(NOW_MS)
  nowMs += 61_000
  expect(await post('k')).toEqual(first)
  const others = [await post('k2'), await post('k', 'key-b')]
  nowMs += 24 * 3600_000
  others.push(await post('k'))
  expect(new Set([first, ...others].map(([, , ulid]) => ulid)).size).toBe(4)
})

test('a key that cannot be freed does not hide why its request failed', async () => {
  await using api = await openApp()
  api.idempotency.fail = new AppError('database.unavailable', 'The database cannot be reached')
  const request = {
    method: 'POST',
    url: `/v1/recordings/${fakeId(1)}/stop`,
    headers: { 'idempotency-key': 'k' },
  } as const
  const answer = await api.app.inject(request)
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'recording.not-found'])
})

test('signals without ids get those of their call, so that its repetition sends none twice', async () => {
  let nowMs = NOW_MS
  await using api = await openApp({ clock: () => nowMs })
  const { id } = await api.recordings.start({})
  api.idempotency.fail = new AppError('database.unavailable', 'The database cannot be reached')
  const raised = { v: 1, type: 'hand.raised', from: 'amy' }
  const payload = [raised, { ...raised, id: 'own' }, raised]
  const request = {
    method: 'POST',
    url: `/v1/recordings/${id}/signals`,
    payload,
    headers: { 'idempotency-key': 'k' },
  } as const
  const first = (await api.app.inject(request)).json().ids
  nowMs += 61_000
  expect((await api.app.inject(request)).json().ids).toEqual(first)
  expect(first).toEqual([expect.stringMatching(/^api-.{40}-0$/), 'own', expect.stringMatching(/^api-.{40}-2$/)])
})

test('observes every request by its route, not by its URL', async () => {
  await using api = await openApp()
  await api.app.inject(`/v1/recordings/${fakeId(1)}`)
  expect(api.observed).toEqual([
    { method: 'GET', route: '/v1/recordings/:id', status: 404, durationSec: expect.any(Number) },
  ])
})
