import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventSourceMessage } from 'eventsource-parser'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Frame, type Seat, sitDown } from '../hub/open-room.ts'
import { type Balancer, startBalancer } from '../kit/servers/balancer.ts'
import { PanorecProcess } from '../kit/service/panorec-process.ts'
import { createDatabase, cutConnections } from '../kit/service/prepared-databases.ts'
import { testSettings } from '../kit/service/test-settings.ts'
import { SCRIPTED_RECORDER } from './scripted-service.ts'

/**
 * Short, so that the test of a killed service does not wait. Whoever moves to another service needs a twentieth of the grace
 * alone, and half of it on a busy machine.
 */
const HUB = { leaseMs: 3000, leaveGraceMs: 3000 }
/** From one service to the other; measured alone 5 ms, the rest is what a busy machine may add. */
const LATENCY_P50_MS = 200
const source = { id: 'teacher', type: 'hls', url: 'http://127.0.0.1/t.m3u8' }

let dataDir: string
let databaseUrl: string
/** Two that stay, and one for each test that ends one: nothing is started while a grace runs out. */
const services: PanorecProcess[] = []
let doomed: PanorecProcess
let leaving: PanorecProcess
let balancer: Balancer

async function startNode(): Promise<PanorecProcess> {
  const settings = { ...testSettings(dataDir), PANOREC_DATABASE_URL: databaseUrl }
  return await PanorecProcess.start({ settings, options: { recorderScript: SCRIPTED_RECORDER, hubLimits: HUB } })
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'panorec-two-'))
  databaseUrl = await createDatabase()
  const all = await Promise.all([startNode(), startNode(), startNode(), startNode()])
  services.push(...all)
  ;[doomed, leaving] = [all[2], all[3]]
  balancer = await startBalancer(all.slice(0, 2).map(({ url }) => url))
})
afterAll(async () => {
  await balancer?.[Symbol.asyncDispose]()
  await Promise.all(services.map((service) => service[Symbol.asyncDispose]()))
  await rm(dataDir, { recursive: true, force: true })
})

const node = (index: number) => services[index]?.url ?? ''
const sit = (url: string, room: string, as: string, after = 0): Promise<Seat> =>
  sitDown(`${url.replace('http', 'ws')}/v1/rooms/${room}/signals?as=${as}&after=${after}`)
const chat = (text: string, more: object = {}) => ({ v: 1, type: 'chat.message', text, ...more })
const told = ({ seq, id, text }: Frame) => ({ seq, id, text })

test('members of a room on two services see the same signals in one order, and hear each other at once', async () => {
  await using amy = await sit(balancer.url, 'class-1', 'amy')
  await using bob = await sit(balancer.url, 'class-1', 'bob')
  const total = 300
  for (let n = 0; n < total / 2; n += 1) {
    amy.send(chat(`a${n}`))
    bob.send(chat(`b${n}`))
  }
  const [seenByAmy, seenByBob] = await Promise.all([amy.take(total), bob.take(total)])
  expect(seenByAmy.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1))
  expect(seenByBob).toEqual(seenByAmy)

  const delays: number[] = []
  for (let n = 0; n < 20; n += 1) {
    const sentAt = performance.now()
    amy.send(chat('ping'))
    await bob.next()
    delays.push(performance.now() - sentAt)
    await amy.next()
  }
  expect(delays.sort((a, b) => a - b)[10]).toBeLessThan(LATENCY_P50_MS)

  await using late = await sit(balancer.url, 'class-1', 'late')
  await using later = await sit(balancer.url, 'class-1', 'later', total)
  expect((await late.take(total)).map(told)).toEqual(seenByAmy.map(told))
  expect(await later.take(20)).toEqual(await late.take(20))
})

test('the same signal sent to both services is stored once and shown once', async () => {
  await using amy = await sit(node(0), 'class-2', 'amy')
  await using bob = await sit(node(1), 'class-2', 'bob')
  for (const seat of [amy, bob]) {
    seat.send(chat('hello', { id: 'm1', at: 1, from: 'amy' }))
    seat.send(chat('bye', { id: `m-${seat === amy}`, at: 2 }))
  }
  const seen = await amy.take(3)
  expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(seen.filter(({ id }) => id === 'm1')).toHaveLength(1)
  expect(await bob.take(3)).toEqual(seen)
})

test('what the API is given at one service is heard at the other', async () => {
  const body = JSON.stringify({ room: 'class-3', sources: [source] })
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const { id } = await (await fetch(`${node(0)}/v1/recordings`, { ...json, body })).json()
  await using bob = await sit(node(1), 'class-3', 'bob')
  const sent = await fetch(`${node(0)}/v1/recordings/${id}/signals`, { ...json, body: JSON.stringify(chat('by HTTP')) })
  expect(sent.status).toBe(202)
  expect(await bob.next()).toMatchObject({ text: 'by HTTP', seq: 1 })
  await fetch(`${node(1)}/v1/recordings/${id}/stop`, { ...json, body: '{}' })
})

test('signals that were told while the database had cut a service off are caught up', async () => {
  await using amy = await sit(node(0), 'class-4', 'amy')
  await using bob = await sit(node(1), 'class-4', 'bob')
  amy.send(chat('before'))
  await Promise.all([amy.next(), bob.next()])
  await cutConnections(databaseUrl)
  const wanted = ['one', 'two', 'three']
  for (const [index, text] of wanted.entries()) {
    // A connection of the pool may be found dead: the sender is told, and sends again.
    for (let answer: Frame | undefined; answer?.text !== text; ) {
      amy.send(chat(text, { id: `again-${index}` }))
      answer = await amy.next()
    }
  }
  expect((await bob.take(3)).map(({ text, seq }) => [text, seq])).toEqual(wanted.map((text, n) => [text, n + 2]))
})

test('events of one service are followed at the other, and a stream goes on there where it broke off', async () => {
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const stop = new AbortController()
  const follow = async (url: string, after: string) => {
    const headers = { 'last-event-id': after }
    const { body } = await fetch(`${url}/v1/events?type=recording.state`, { headers, signal: stop.signal })
    if (body === null) throw new Error('there is no stream')
    return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  }
  const states: string[] = []
  let lastId = '0'
  const first = await follow(node(1), lastId)
  const { id } = await (
    await fetch(`${node(0)}/v1/recordings`, { ...json, body: JSON.stringify({ sources: [source] }) })
  ).json()
  const read = async (events: ReadableStream<EventSourceMessage>, until: string) => {
    for await (const event of events) {
      expect(Number(event.id)).toBeGreaterThan(Number(lastId))
      lastId = event.id ?? ''
      const { recordingId, recording } = JSON.parse(event.data)
      if (recordingId === id) states.push(recording.state)
      if (recordingId === id && recording.state === until) return
    }
  }
  await read(first, 'recording')
  await fetch(`${node(1)}/v1/recordings/${id}/stop`, { ...json, body: '{}' })
  await read(await follow(node(0), lastId), 'completed')
  expect(states).toEqual(['requested', 'starting', 'recording', 'finalizing', 'completed'])
  stop.abort()
})

test('when a service dies, those who were there have left, but for those who come back over another', async () => {
  await using watcher = await sit(node(0), 'class-5', 'watcher')
  const seats: Seat[] = []
  for (const name of ['amy', 'bob', 'cat']) {
    const seat = await sit(name === 'cat' ? node(0) : doomed.url, 'class-5', name)
    seat.send({ v: 1, type: 'participant.joined' })
    seats.push(seat)
    expect(await watcher.next()).toMatchObject({ type: 'participant.joined', from: name })
  }
  await doomed.end('SIGKILL')
  await using back = await sit(node(1), 'class-5', 'bob')
  expect(await watcher.next()).toMatchObject({ type: 'participant.left', from: 'amy' })
  watcher.send(chat('still here'))
  expect(await watcher.next()).toMatchObject({ text: 'still here' })
  await back[Symbol.asyncDispose]()
  expect(await watcher.next()).toMatchObject({ type: 'participant.left', from: 'bob' })
  for (const seat of seats) await seat[Symbol.asyncDispose]()
  expect(await watcher.next()).toMatchObject({ type: 'participant.left', from: 'cat' })
})

test('when a service stops in order, its members move to the other and nobody has left', async () => {
  await using watcher = await sit(node(0), 'class-6', 'watcher')
  const amy = await sit(leaving.url, 'class-6', 'amy')
  amy.send({ v: 1, type: 'participant.joined' })
  await watcher.next()
  const closed = once(amy.socket, 'close')
  const ended = leaving.end('SIGTERM')
  expect((await closed)[0]).toBe(1001)
  await using _again = await sit(node(1), 'class-6', 'amy')
  await new Promise((resolve) => setTimeout(resolve, HUB.leaseMs + HUB.leaveGraceMs))
  watcher.send(chat('alone?'))
  expect(await watcher.next()).toMatchObject({ text: 'alone?', seq: 2 })
  expect(await ended).toBe(0)
})
