import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { AppError, type Event, type Signal } from '../../src/protocol/index.ts'
import { cursorAfter } from '../../src/recording/index.ts'
import { fakeHighlightId } from '../api/fake-highlights.ts'
import { fakeId } from '../api/fakes.ts'
import { openApp } from '../api/open-app.ts'

const API_KEY = 'key-one-0123456789'
const SPEC = { sources: [{ id: 'teacher', type: 'hls' as const, url: 'https://live.example.com/a.m3u8' }] }

async function openService(options: { readonly clock?: () => number } = {}) {
  const api = await openApp({ apiKeys: [API_KEY], ...options })
  const baseUrl = await api.listen()
  return {
    api,
    baseUrl,
    client: createClient({ baseUrl, apiKey: API_KEY }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of items) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

test('runs a recording through its life', async () => {
  await using service = await openService()
  const { recordings } = service.client
  const spec = { ...SPEC, metadata: { a: 'b' } }
  const { id } = await recordings.start(spec, { idempotencyKey: 'k' })
  expect((await recordings.start(spec, { idempotencyKey: 'k' })).id).toBe(id)
  expect((await recordings.get(id)).state).toBe('requested')
  service.api.recordings.become(id, 'recording')
  expect((await recordings.setLayout(id, { name: 'speaker' })).layout).toEqual({ name: 'speaker' })
  const source = await recordings.addSource(id, { id: 'amy', type: 'whep', url: 'https://sfu.example.com/amy' })
  expect((await recordings.updateSource(id, source.id, { label: 'Amy' })).label).toBe('Amy')
  expect(await recordings.removeSource(id, source.id)).toBeUndefined()
  expect(await recordings.sendSignals(id, { v: 1, type: 'hand.raised', from: 'amy', id: 's1' })).toEqual(['s1'])
  expect((await recordings.pause(id)).state).toBe('paused')
  expect(await recordings.resume(id)).toMatchObject({ state: 'recording', pausedAt: null })
  expect((await recordings.stop(id)).state).toBe('finalizing')
  expect((await recordings.list({ states: ['finalizing'], metadata: { a: 'b' }, limit: 3 })).items).toHaveLength(1)
  expect(service.api.recordings.queries).toEqual([{ limit: 3, states: ['finalizing'], metadata: { a: 'b' } }])
  service.api.recordings.become(id, 'completed')
  expect(await recordings.delete(id, { highlights: 'delete' })).toBeUndefined()
})

test('runs a highlight through its life', async () => {
  await using service = await openService()
  const { recordings, highlights } = service.client
  const { id: recordingId } = await recordings.start({ ...SPEC, room: 'class-42' })
  const trigger = { at: '2026-11-21T09:14:00.000Z', label: 'Great answer', by: 'Ms Li' }
  const { id } = await highlights.trigger(recordingId, trigger, { idempotencyKey: 'k' })
  expect((await highlights.trigger(recordingId, trigger, { idempotencyKey: 'k' })).id).toBe(id)
  expect(await highlights.get(id)).toMatchObject(trigger)
  expect((await highlights.update(id, { label: null })).label).toBeNull()
  expect((await highlights.setFavourite(id, true)).favourite).toBe(true)
  expect((await highlights.setFavourite(id, false)).favourite).toBe(false)
  const filters = { recordingId, room: 'class-42', states: ['ready', 'failed'] as const, label: 'great', by: 'Ms Li' }
  const times = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' }
  const query = { ...filters, ...times, favourite: false, limit: 3, cursor: cursorAfter(fakeHighlightId(2)) }
  service.api.highlights.change(id, { state: 'ready', label: 'Great answer' })
  expect((await highlights.list(query)).items).toHaveLength(1)
  expect(service.api.highlights.queries).toEqual([query])
  expect(await highlights.delete(id)).toBeUndefined()
  await expect(highlights.get(id)).rejects.toMatchObject({ code: 'highlight.not-found' })
})

test('triggers now with nothing but a recording, and lists with nothing at all', async () => {
  await using service = await openService()
  const { id } = await service.client.recordings.start(SPEC)
  expect((await service.client.highlights.trigger(id)).at).toBe('2026-11-21T09:00:00.000Z')
  expect((await service.client.highlights.list()).items).toHaveLength(1)
})

test('shares a highlight with somebody who has no key, and takes it back', async () => {
  await using service = await openService()
  const { recordings, highlights } = service.client
  const recording = await recordings.start(SPEC)
  const { id } = await highlights.trigger(recording.id)
  const share = await highlights.share(id, { expiresInSec: 60 })
  expect((await highlights.shares(id)).items).toEqual([share])
  expect((await fetch(share.url)).status).toBe(200)
  expect(await highlights.revokeShare(id, share.id)).toBeUndefined()
  expect((await fetch(share.url)).status).toBe(404)
})

test('asks for a recap, finds it and deletes it', async () => {
  await using service = await openService()
  const { recordings, highlights } = service.client
  const { id } = await recordings.start(SPEC)
  const { id: highlightId } = await highlights.trigger(id)
  service.api.highlights.change(highlightId, { state: 'ready' })
  const request = { highlights: [highlightId], title: 'The lesson' }
  const recap = await highlights.recap(id, request, { idempotencyKey: 'film' })
  expect(recap).toMatchObject({ ...request, state: 'rendering' })
  expect(await highlights.getRecap(recap.id)).toEqual(recap)
  expect((await highlights.recaps(id)).items).toEqual([recap])
  expect(await highlights.deleteRecap(recap.id)).toBeUndefined()
  expect((await highlights.recaps(id)).items).toEqual([])
})

test('a refusal is thrown as the error that it was on the other side', async () => {
  await using service = await openService()
  const { recordings } = service.client
  await expect(recordings.get(fakeId(9))).rejects.toMatchObject({ code: 'recording.not-found', fault: 'caller' })
  const invalid = await recordings.start({ segmentSec: 99 }).catch((error: unknown) => error)
  expect(invalid).toBeInstanceOf(AppError)
  expect(invalid).toMatchObject({
    code: 'request.invalid',
    field: '/segmentSec',
    received: 99,
    allowed: 'a number from 0.5 to 10',
  })
  const stranger = createClient({ baseUrl: service.baseUrl })
  await expect(stranger.recordings.list()).rejects.toMatchObject({ code: 'auth.missing' })
})

test.each([
  [500, 'internal', false],
  [502, 'service.unreachable', true],
  [503, 'service.unreachable', true],
  [504, 'service.unreachable', true],
])('an answer %i that is no problem document is the error %s', async (status, code, retryable) => {
  const fetch = async () => new Response('<h1>Not now</h1>', { status })
  const client = createClient({ baseUrl: 'http://127.0.0.1:1', fetch })
  await expect(client.recordings.list()).rejects.toMatchObject({ code, retryable, details: { status } })
})

test('follows events, and resumes after the last one when the stream breaks', async () => {
  await using service = await openService()
  const recording = await service.client.recordings.start(SPEC)
  for (let n = 0; n < 4; n += 1) service.api.events.emit(recording)
  const asked: (string | null)[] = []
  const breaking: typeof fetch = async (url, init) => {
    asked.push(new Headers(init?.headers).get('last-event-id'))
    const response = await fetch(url, init)
    if (asked.length > 1) return response
    const reader = response.body?.getReader()
    let text = ''
    while (!text.includes('id: 2\n')) text += new TextDecoder().decode((await reader?.read())?.value)
    await reader?.cancel()
    return new Response(text.slice(0, text.indexOf('id: 3') === -1 ? undefined : text.indexOf('id: 3')))
  }
  const client = createClient({ baseUrl: service.baseUrl, apiKey: API_KEY, fetch: breaking })
  const events: Event[] = await take(client.events({ afterId: 0 }), 4)
  expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4])
  expect(asked[0]).toBe('0')
  expect(asked.length).toBeGreaterThan(1)
})

test('follows events on when what is in between answers that the service is away', async () => {
  await using service = await openService()
  const recording = await service.client.recordings.start(SPEC)
  service.api.events.emit(recording)
  let asked = 0
  const restarting: typeof fetch = async (url, init) => {
    asked += 1
    return asked === 1 ? new Response('<h1>Bad gateway</h1>', { status: 502 }) : fetch(url, init)
  }
  const client = createClient({ baseUrl: service.baseUrl, apiKey: API_KEY, fetch: restarting })
  expect(await take(client.events({ afterId: 0 }), 1)).toMatchObject([{ id: 1 }])
})

test('a stream that breaks before its first event goes on where it began', async () => {
  await using service = await openService()
  const recording = await service.client.recordings.start(SPEC)
  service.api.events.emit(recording)
  let asked = 0
  const breaking: typeof fetch = async (url, init) => {
    asked += 1
    const response = await fetch(url, init)
    if (asked > 1) return response
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    await reader?.cancel()
    service.api.events.emit(recording)
    return new Response(value ?? null)
  }
  const client = createClient({ baseUrl: service.baseUrl, apiKey: API_KEY, fetch: breaking })
  expect(await take(client.events({ recordingId: recording.id }), 1)).toMatchObject([{ id: 2 }])
})

describe('a stream of events that falls silent', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Answers every request with a stream that is written by hand. */
  function openSilentService() {
    const streams: { readonly lastId: string | null; readonly write: (text: string) => void }[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {
        highWaterMark: 16,
      })
      const writer = writable.getWriter()
      init?.signal?.addEventListener('abort', () => void writer.abort(init.signal?.reason).catch(() => undefined))
      const lastId = new Headers(init?.headers).get('last-event-id')
      streams.push({ lastId, write: (text) => void writer.write(new TextEncoder().encode(text)) })
      return new Response(readable)
    }
    return { streams, client: createClient({ baseUrl: 'http://panorec.test', fetch }) }
  }
  const eventText = (id: number) => `id: ${id}\ndata: ${JSON.stringify({ id })}\n\n`

  test('is left after 40 s and resumed behind its last event, heartbeats keep it', async () => {
    const { streams, client } = openSilentService()
    const taken = take(client.events(), 2)
    await vi.advanceTimersByTimeAsync(0)
    streams[0]?.write(eventText(7))
    for (let beat = 0; beat < 8; beat += 1) {
      await vi.advanceTimersByTimeAsync(15_000)
      streams[0]?.write(': alive\n\n')
    }
    expect(streams).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(39_000)
    expect(streams).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(streams.map(({ lastId }) => lastId)).toEqual([null, '7'])
    streams[1]?.write(eventText(8))
    expect((await taken).map(({ id }) => id)).toEqual([7, 8])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a service that does not even answer is asked again, as unreachable', async () => {
    const reasons: unknown[] = []
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reasons.push(init.signal?.reason)
          reject(init.signal?.reason)
        })
      })
    const stop = new AbortController()
    const taken = take(createClient({ baseUrl: 'http://panorec.test', fetch }).events({ signal: stop.signal }), 1)
    await vi.advanceTimersByTimeAsync(41_000)
    expect(reasons).toMatchObject([{ code: 'service.unreachable' }])
    stop.abort()
    expect(await taken).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not taken for silent while its reader is busy', async () => {
    const { streams, client } = openSilentService()
    const events = client.events()[Symbol.asyncIterator]()
    const first = events.next()
    await vi.advanceTimersByTimeAsync(0)
    streams[0]?.write(eventText(1))
    expect((await first).value).toEqual({ id: 1 })
    await vi.advanceTimersByTimeAsync(300_000)
    streams[0]?.write(eventText(2))
    expect((await events.next()).value).toEqual({ id: 2 })
    expect(streams).toHaveLength(1)
    await events.return?.()
  })
})

test('a stream of events ends when it is aborted, and a refusal is thrown', async () => {
  await using service = await openService()
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 100)
  expect(await take(service.client.events({ signal: stop.signal }), 1)).toEqual([])
  const stranger = createClient({ baseUrl: service.baseUrl })
  await expect(take(stranger.events(), 1)).rejects.toMatchObject({ code: 'auth.missing' })
})

test('joins a room by token, sends, reads, and hears what was refused', async () => {
  await using service = await openService()
  const { rooms } = service.client
  const { token, expiresAt } = await rooms.createToken('class-42', { role: 'participant', identity: 'amy' })
  expect(expiresAt).toBe('2026-11-21T10:00:00.000Z')
  const refused: AppError[] = []
  await using amy = await rooms.join('class-42', { token, onRefused: (error) => refused.push(error) })
  amy.send({ v: 1, type: 'board.page', page: 'p2' })
  amy.send({ v: 1, type: 'chat.message', text: 'hello' })
  const [hello] = await take<Signal>(amy, 1)
  expect(hello).toMatchObject({ type: 'chat.message', text: 'hello', from: 'amy', seq: 1 })
  expect(refused).toMatchObject([{ code: 'signal.not-allowed', field: '/type', received: 'board.page' }])
})

test('a signal that carries no time is dated by the service, whatever clock the client has', async () => {
  // Ahead of the client's clock: a time of the client would be taken as it is.
  const nowMs = Date.now() + 3_600_000
  await using service = await openService({ clock: () => nowMs })
  const { token } = await service.client.rooms.createToken('class-42', { role: 'participant', identity: 'amy' })
  await using amy = await service.client.rooms.join('class-42', { token })
  amy.send({ v: 1, type: 'chat.message', text: 'hello' })
  amy.send({ v: 1, type: 'chat.message', text: 'before', at: nowMs - 1000 })
  expect((await take<Signal>(amy, 2)).map(({ at }) => at)).toEqual([nowMs, nowMs - 1000])
})

test('a room that cannot be joined is an error, and one that is left ends its stream', async () => {
  await using service = await openService()
  await expect(service.client.rooms.join('class-42', { token: 'a.b' })).rejects.toMatchObject({
    code: 'signalling.unreachable',
  })
  const { token } = await service.client.rooms.createToken('class-42', { role: 'viewer', identity: 'v' })
  const room = await service.client.rooms.join('class-42', { token })
  room.close()
  expect(await take(room, 1)).toEqual([])
  expect((await room.closed).code).toBe(1005)
})

test('a service below a path is called there, and its links lead there', async () => {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (url) => {
    asked.push(String(url))
    return Response.json({ items: [], nextCursor: null })
  }
  for (const baseUrl of ['https://school.example/panorec', 'https://school.example/panorec/']) {
    const client = createClient({ baseUrl, fetch })
    await client.recordings.list()
    expect(client.mediaUrl('/media/rec_1/index.m3u8')).toBe('https://school.example/panorec/media/rec_1/index.m3u8')
    expect(client.mediaUrl('https://cdn.example/media/a.m3u8')).toBe('https://cdn.example/media/a.m3u8')
  }
  expect(asked).toEqual(Array(2).fill('https://school.example/panorec/v1/recordings'))
})

test('opens a session and gives absolute media links', async () => {
  await using service = await openService()
  expect(await service.client.openSession()).toBeUndefined()
  expect(service.client.mediaUrl('/media/rec_1/index.m3u8')).toBe(`${service.baseUrl}/media/rec_1/index.m3u8`)
})
