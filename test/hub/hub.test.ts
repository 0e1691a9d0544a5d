import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AppError, MAX_SIGNAL_BYTES, type Signal } from '../../src/protocol/index.ts'
import { NOW_MS } from '../api/open-app.ts'
import { openClassroom, sitDown } from './open-room.ts'

const chat = (text: string, more: object = {}) => ({ v: 1, type: 'chat.message', text, ...more })
const HAND: Signal = { v: 1, type: 'hand.raised', at: 0, from: 'amy' }
const texts = (frames: readonly object[]) => frames.map((frame) => ('text' in frame ? frame.text : undefined))

test('stamps a signal with sender, time, id and number, and gives it to everyone alike', async () => {
  await using room = await openClassroom()
  const [amy, bob] = [await room.seat('amy'), await room.seat('bob')]
  amy.send(chat('hello', { seq: 77 }))
  const stamped = { v: 1, type: 'chat.message', text: 'hello', from: 'amy', at: NOW_MS, seq: 1, id: expect.any(String) }
  const seen = await amy.next()
  expect(seen).toEqual(stamped)
  expect(await bob.next()).toEqual(seen)
})

test('one who comes late gets the history first, then what happens; one who returns only what was missed', async () => {
  await using room = await openClassroom()
  const amy = await room.seat('amy')
  for (const text of ['one', 'two', 'three']) amy.send(chat(text))
  await amy.take(3)
  const late = await room.seat('late', 'viewer')
  const back = await room.seat('back', 'viewer', '?after=2')
  amy.send(chat('four'))
  expect(texts(await late.take(4))).toEqual(['one', 'two', 'three', 'four'])
  expect(texts(await back.take(2))).toEqual(['three', 'four'])
})

test('a long history comes in pieces, whole and in order', async () => {
  await using room = await openClassroom()
  const total = 1200
  const said = Array.from({ length: total }, (_, n) => ({
    v: 1 as const,
    type: 'chat.message' as const,
    at: n,
    text: `${n}`,
  }))
  await room.api.hub.publish('class-42', said)
  const late = await room.seat('late', 'viewer')
  const seqs = (await late.take(total)).map(({ seq }) => seq)
  expect(seqs).toEqual(Array.from({ length: total }, (_, index) => index + 1))
  expect(room.api.history.most).toBeLessThan(total / 2)
})

test('who leaves during a long history gets no more of it, and it is never read as a whole', async () => {
  await using room = await openClassroom()
  const total = 5000
  const said = Array.from({ length: total }, (_, n) => ({ ...HAND, at: n }))
  await room.api.hub.publish('class-42', said)
  const hasty = await room.seat('hasty', 'viewer')
  hasty.socket.terminate()
  await expect.poll(() => room.api.hub.stats()).toEqual({ rooms: 0, connections: 0 })
  // The room is forgotten before its last read ends.
  await sleep(100)
  expect(room.api.history.most).toBeLessThanOrEqual(250)
  expect(room.api.history.read).toBeLessThan(total)
})

test('what others wrote while nobody looked is read in pieces', async () => {
  await using room = await openClassroom()
  const total = 1200
  const reader = await room.seat('reader', 'viewer')
  const said = Array.from({ length: total }, (_, n) => ({ ...HAND, at: n, id: `other-${n}` }))
  await room.api.history.append('class-42', said)
  expect((await reader.take(total)).map(({ seq }) => seq)).toEqual(said.map((_, index) => index + 1))
  expect(room.api.history.most).toBeLessThanOrEqual(250)
})

test('calls that wait together share writes of a bounded size, each whole and in its order', async () => {
  await using room = await openClassroom()
  const big = Array.from({ length: 600 }, (_, n) => ({ ...HAND, at: n }))
  const calls = await Promise.all([1, 2, 3, 4].map(() => room.api.hub.publish('class-42', big)))
  expect(calls.map((stored) => stored[0]?.seq)).toEqual([1, 601, 1201, 1801])
  expect(room.api.history.mostWritten).toBe(600)
  expect(room.api.history.writes).toBe(4)
  const heavy = { ...HAND, type: 'custom' as const, name: 'blob', data: 'x'.repeat(3 * 1024 * 1024) }
  await Promise.all(Array.from({ length: 5 }, () => room.api.hub.publish('class-42', [heavy])))
  expect(room.api.history.writes).toBe(4 + 3)
})

test('everyone who joins while others write sees every signal once and in order', async () => {
  await using room = await openClassroom()
  const writers = [await room.seat('amy'), await room.seat('bob')]
  const total = 400
  const readers: Promise<number[]>[] = []
  for (let n = 0; n < total; n += 1) {
    writers[n % 2]?.send(chat(String(n)))
    if (n % 80 === 0) {
      const reader = await room.seat(`reader-${n}`, 'viewer')
      readers.push(reader.take(total).then((frames) => frames.map(({ seq }) => seq ?? 0)))
    }
  }
  const inOrder = Array.from({ length: total }, (_, index) => index + 1)
  for (const seqs of await Promise.all(readers)) expect(seqs).toEqual(inOrder)
  expect(room.api.history.writes).toBeLessThan(total)
})

test('the same signal sent twice is stored once and shown once', async () => {
  await using room = await openClassroom()
  const amy = await room.seat('amy')
  amy.send(chat('hello', { id: 'm1' }))
  amy.send(chat('hello', { id: 'm1' }))
  amy.send(chat('bye'))
  expect((await amy.take(2)).map(({ seq }) => seq)).toEqual([1, 2])
})

test('a type that this version does not know passes through as it came', async () => {
  await using room = await openClassroom()
  const amy = await room.seat('amy')
  amy.send({ v: 1, type: 'poll.vote', at: 5, id: 'x', choice: [1, { deep: true }] })
  expect(await amy.next()).toEqual({
    v: 1,
    type: 'poll.vote',
    at: 5,
    id: 'x',
    from: 'amy',
    seq: 1,
    choice: [1, { deep: true }],
  })
})

test('a host speaks for others, and what the API publishes is shown too', async () => {
  await using room = await openClassroom()
  const host = await room.seat('system', 'host')
  host.send({ v: 1, type: 'hand.raised', from: 'amy' })
  expect(await host.next()).toMatchObject({ type: 'hand.raised', from: 'amy' })
  const [stored] = await room.api.hub.publish('class-42', [{ v: 1, type: 'hand.lowered', at: 1, from: 'amy' }])
  expect(await host.next()).toEqual(stored)
})

test('who breaks off without a goodbye is reported as having left after the grace, and not when it comes back', async () => {
  await using room = await openClassroom({ hubLimits: { leaveGraceMs: 150 } })
  const watcher = await room.seat('watcher', 'viewer')
  const join = { v: 1, type: 'participant.joined' }
  for (const name of ['amy', 'bob', 'cat']) {
    const seat = await room.seat(name)
    seat.send({ ...join, name })
    if (name === 'cat') seat.send({ v: 1, type: 'participant.left' })
    await seat.take(name === 'cat' ? 4 : name === 'bob' ? 2 : 1)
    seat.socket.terminate()
  }
  await room.seat('amy')
  const frames = await watcher.take(5)
  expect(frames.map(({ type, from }) => `${type} ${from}`)).toEqual([
    'participant.joined amy',
    'participant.joined bob',
    'participant.joined cat',
    'participant.left cat',
    'participant.left bob',
  ])
  await sleep(300)
  expect(await room.api.history.since('class-42', 5)).toEqual([])
})

test('a frame over the limit ends its connection with 1009, a binary one with 1003', async () => {
  await using room = await openClassroom()
  const [amy, bob] = [await room.seat('amy'), await room.seat('bob')]
  amy.send(`"${'x'.repeat(MAX_SIGNAL_BYTES)}"`)
  expect((await once(amy.socket, 'close'))[0]).toBe(1009)
  bob.socket.send(Buffer.from([1, 2, 3]))
  expect((await once(bob.socket, 'close'))[0]).toBe(1003)
})

test('who does not read is dropped, and nobody else notices', async () => {
  await using room = await openClassroom({ hubLimits: { maxBufferedBytes: 64 * 1024 } })
  const [amy, slow, bob] = [
    await room.seat('amy', 'host'),
    await room.seat('slow', 'viewer'),
    await room.seat('bob', 'viewer'),
  ]
  slow.socket.pause()
  const dropped = once(slow.socket, 'close')
  const big = { v: 1, type: 'custom', name: 'blob', data: 'x'.repeat(500_000) }
  for (let n = 0; n < 40; n += 1) {
    amy.send(big)
    await Promise.all([amy.next(), bob.next()])
  }
  expect(room.api.hub.stats()).toEqual({ rooms: 1, connections: 2 })
  slow.socket.resume()
  await dropped
})

test('who answers no ping is dropped at the second heartbeat', async () => {
  await using room = await openClassroom({ hubLimits: { heartbeatMs: 50 } })
  const [dead, alive] = [await room.seat('dead', 'viewer'), await room.seat('alive', 'viewer')]
  dead.socket.pause()
  await expect.poll(() => room.api.hub.stats().connections).toBe(1)
  expect(alive.socket.readyState).toBe(alive.socket.OPEN)
})

test('when the history cannot be written the sender is told, and can send again later', async () => {
  await using room = await openClassroom()
  const amy = await room.seat('amy')
  await expect.poll(() => room.api.hub.stats().connections).toBe(1)
  amy.send(chat('first'))
  await amy.next()
  room.api.history.fail = new AppError('database.unavailable', 'The database cannot be reached')
  amy.send(chat('lost'))
  expect(await amy.next()).toMatchObject({ type: 'error', code: 'database.unavailable' })
  room.api.history.fail = undefined
  amy.send(chat('again'))
  expect(await amy.next()).toMatchObject({ text: 'again', seq: 2 })
})

test('a room is forgotten when its last connection is gone', async () => {
  await using room = await openClassroom({ hubLimits: { leaveGraceMs: 20 } })
  const amy = await room.seat('amy')
  amy.send({ v: 1, type: 'participant.joined' })
  await amy.next()
  await amy[Symbol.asyncDispose]()
  await expect.poll(() => room.api.hub.stats()).toEqual({ rooms: 0, connections: 0 })
})

test('when the service stops every connection is closed with 1001 and nobody is reported as gone', async () => {
  await using room = await openClassroom({ hubLimits: { leaveGraceMs: 1 } })
  const amy = await room.seat('amy')
  amy.send({ v: 1, type: 'participant.joined' })
  await amy.next()
  const closed = once(amy.socket, 'close')
  await room.api.app.close()
  expect((await closed)[0]).toBe(1001)
  await sleep(50)
  expect(await room.api.history.since('class-42', 0)).toHaveLength(1)
})

test.each([
  ['no token', '/v1/rooms/class-42/signals', 401, 'auth.missing'],
  ['a forged token', '/v1/rooms/class-42/signals?token=abc.def', 401, 'auth.invalid'],
  ['a wrong place to resume', '/v1/rooms/class-42/signals?after=last', 400, 'request.invalid'],
  ['an unknown parameter', '/v1/rooms/class-42/signals?room=b', 400, 'request.invalid'],
  ['a room that cannot be', '/v1/rooms/-/signals', 400, 'request.invalid'],
  ['another path', '/v1/events', 404, 'route.not-found'],
  ['two slashes in front', '//', 404, 'route.not-found'],
  ['a path that looks like a host', '//[', 404, 'route.not-found'],
])('an upgrade with %s is refused with a problem document', async (_name, path, status, code) => {
  await using room = await openClassroom()
  const refused = await sitDown(`${room.address}${path}`).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    message: `refused with ${status}`,
    cause: { status, code, instance: path.split('?')[0] },
  })
})

test('a token opens its own room until it expires, by query, header or subprotocol', async () => {
  let nowMs = NOW_MS
  await using room = await openClassroom({ clock: () => nowMs })
  const token = room.api.tokens.mint({ room: 'class-42', role: 'viewer', identity: 'amy', ttlSec: 60 })
  const url = `${room.address}/v1/rooms/class-42/signals`
  const other = await sitDown(`${room.address}/v1/rooms/class-43/signals?token=${token}`).catch(
    (error: unknown) => error,
  )
  expect(other).toMatchObject({ cause: { code: 'auth.forbidden' } })
  for (const options of [
    { protocols: ['panorec.v1', token] },
    { protocols: [token] },
    { headers: { authorization: `Bearer ${token}` } },
  ]) {
    await using seat = await sitDown(url, options)
    expect(seat.socket.readyState).toBe(seat.socket.OPEN)
  }
  nowMs += 60_000
  const late = await sitDown(`${url}?token=${token}`).catch((error: unknown) => error)
  expect(late).toMatchObject({
    cause: { code: 'auth.invalid', detail: 'The room token expired at 2026-11-21T09:01:00.000Z' },
  })
})

test('without keys a caller of this machine joins as host, and a page of another site does not', async () => {
  await using room = await openClassroom({ apiKeys: [] })
  const url = `${room.address}/v1/rooms/class-42/signals?as=teacher`
  await using seat = await sitDown(url)
  seat.send({ v: 1, type: 'layout.set', layout: { name: 'grid' } })
  expect(await seat.next()).toMatchObject({ from: 'teacher', seq: 1 })
  const foreign = await sitDown(url, { headers: { origin: 'https://evil.example' } }).catch((error: unknown) => error)
  expect(foreign).toMatchObject({ cause: { code: 'auth.forbidden', field: 'origin' } })
})
