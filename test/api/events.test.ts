import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { streamEvents } from '../../src/api/sse.ts'
import type { Event, Recording } from '../../src/protocol/index.ts'
import { fakeId } from './fakes.ts'
import { openApp } from './open-app.ts'

async function openService(options: Parameters<typeof openApp>[0] = {}) {
  const api = await openApp(options)
  const address = await api.listen()
  const recordings: Recording[] = []
  for (let n = 0; n < 2; n += 1) recordings.push(await api.recordings.start({ room: `room-${n}` }))
  return {
    api,
    emit: (n: number) => api.events.emit(recordings[n] as Recording),
    async follow(query = '', headers: Record<string, string> = {}) {
      const stop = new AbortController()
      const response = await fetch(`${address}/v1/events${query}`, { headers, signal: stop.signal })
      const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      return {
        response,
        stop: () => stop.abort(),
        async until(part: string) {
          while (!text.includes(part)) {
            const { done, value } = await reader.read()
            if (done) throw new Error(`the stream ended before ${part}`)
            text += value
          }
          return text
        },
        async ended() {
          while (!(await reader.read()).done);
        },
      }
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

test('streams what happens, with ids to resume after', async () => {
  await using service = await openService()
  const stream = await service.follow()
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  await stream.until('retry: 1000\n\n')
  await expect.poll(() => service.api.events.subscribers()).toBe(1)
  const event = service.emit(0)
  expect(await stream.until('id: 1')).toContain(`id: 1\nevent: recording.state\ndata: ${JSON.stringify(event)}\n\n`)
  stream.stop()
})

test.each([
  ['Last-Event-ID', '', { 'last-event-id': '2' }],
  ['?after=', '?after=2', {}],
  ['both, of which the header counts', '?after=0', { 'last-event-id': '2' }],
])('resumes after the event that %s names', async (_name, query, headers) => {
  await using service = await openService()
  for (let n = 0; n < 4; n += 1) service.emit(0)
  const stream = await service.follow(query, headers)
  const text = await stream.until('id: 4')
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['2', '3', '4'])
  stream.stop()
})

test('after an id that never was, it says which is the newest and goes on from there', async () => {
  await using service = await openService()
  for (let n = 0; n < 3; n += 1) service.emit(0)
  const stream = await service.follow('', { 'last-event-id': '9999' })
  await stream.until('id: 3')
  service.emit(0)
  await stream.until('id: 4')
  stream.stop()
})

test('says at once where to resume, before anything matches', async () => {
  await using service = await openService()
  for (let n = 0; n < 3; n += 1) service.emit(1)
  const stream = await service.follow(`?recording=${fakeId(1)}`)
  expect(await stream.until('\n\n')).toBe('id: 3\nretry: 1000\n\n')
  stream.stop()
  await expect.poll(() => service.api.events.subscribers()).toBe(0)
  service.emit(0)
  const resumed = await service.follow(`?recording=${fakeId(1)}`, { 'last-event-id': '3' })
  expect(await resumed.until('id: 4\n')).toContain('event: recording.state')
  resumed.stop()
})

test('gives only the recording and the types that were asked for', async () => {
  await using service = await openService()
  for (const n of [0, 1, 0, 1]) service.emit(n)
  const stream = await service.follow(`?after=0&recording=${fakeId(2)}&type=recording.state&type=source.state`)
  const text = await stream.until('id: 4')
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['0', '2', '4'])
  stream.stop()
})

test('gives the highlights and recaps of one recording to whoever asks for them', async () => {
  await using service = await openService()
  const { highlights, events } = service.api
  const first = await highlights.trigger(fakeId(1), {})
  const other = await highlights.trigger(fakeId(2), {})
  highlights.change(first.id, { state: 'ready' })
  const recap = await highlights.recap(fakeId(1), {})
  const head = (recordingId: string) => ({ at: first.createdAt, recordingId })
  events.put({ ...head(fakeId(1)), type: 'highlight.created', highlight: first })
  events.put({ ...head(fakeId(2)), type: 'highlight.ready', highlight: other })
  service.emit(0)
  const ready = events.put({ ...head(fakeId(1)), type: 'highlight.ready', highlight: { ...first, state: 'ready' } })
  events.put({ ...head(fakeId(1)), type: 'highlight.deleted', highlightId: first.id })
  events.put({ ...head(fakeId(1)), type: 'recap.ready', recap })
  const types = ['highlight.ready', 'highlight.failed', 'recap.ready'].map((type) => `type=${type}`).join('&')
  const stream = await service.follow(`?after=0&recording=${fakeId(1)}&${types}`)
  const text = await stream.until('id: 6')
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['0', '4', '6'])
  expect(text).toContain(`id: 4\nevent: highlight.ready\ndata: ${JSON.stringify(ready)}\n\n`)
  stream.stop()
})

test('a client that goes away is forgotten', async () => {
  await using service = await openService()
  const stream = await service.follow()
  await expect.poll(() => service.api.events.subscribers()).toBe(1)
  stream.stop()
  await expect.poll(() => service.api.events.subscribers()).toBe(0)
})

test('the stream ends when the service closes, which does not wait for its clients', async () => {
  await using service = await openService()
  const stream = await service.follow()
  await expect.poll(() => service.api.events.subscribers()).toBe(1)
  await Promise.all([service.api.app.close(), stream.ended()])
})

async function serve(events: AsyncIterable<Event>, heartbeatMs: number): Promise<Server> {
  const server = createServer((_request, response) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    void streamEvents(response, events, { signal: gone.signal, heartbeatMs })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('an idle stream shows that it is alive', async () => {
  const never: AsyncIterable<Event> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
  await using server = await serve(never, 20)
  const stop = new AbortController()
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { signal: stop.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(': alive\n\n: alive\n\n')) text += (await reader?.read())?.value
  stop.abort()
})

test('a client that reads slowly holds the feed back instead of filling the memory', async () => {
  let taken = 0
  const event = { id: 1, type: 'source.removed', sourceId: 'x'.repeat(100_000) } as Event
  async function* endless() {
    for (;;) {
      taken += 1
      yield event
      await sleep(0)
    }
  }
  await using server = await serve(endless(), 1000)
  const stop = new AbortController()
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { signal: stop.signal })
  const settled = async () => {
    const before = taken
    await sleep(100)
    return taken === before
  }
  await expect.poll(settled, { timeout: 10_000, interval: 10 }).toBe(true)
  expect(taken).toBeLessThan(500)
  stop.abort()
})
