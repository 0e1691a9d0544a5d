import { once } from 'node:events'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { NOW_MS } from '../api/open-app.ts'
import { openClassroom, type Seat, sitDown } from './open-room.ts'

const chat = (text: string, more: object = {}) => ({ v: 1, type: 'chat.message', text, ...more })
const texts = (frames: readonly object[]) => frames.map((frame) => ('text' in frame ? frame.text : undefined))

test('a flood is refused signal by signal, and what was allowed arrives', async () => {
  await using room = await openClassroom({ hubLimits: { burst: 5, signalsPerSec: 1 } })
  const amy = await room.seat('amy')
  for (let n = 0; n < 8; n += 1) amy.send(chat(String(n)))
  const frames = await amy.take(8)
  expect(texts(frames.filter(({ type }) => type === 'chat.message'))).toEqual(['0', '1', '2', '3', '4'])
  const refusals = frames.filter(({ type }) => type === 'error').map(({ code, allowed }) => [code, allowed])
  expect(refusals).toEqual(Array(3).fill(['signal.rate', '5 at once, then 1 per second']))
})

test('who goes on sending what is refused is closed with 1008, and its refusals are not all logged', async () => {
  const lines: string[] = []
  const logger = pino({ base: null }, { write: (line) => void lines.push(line) })
  await using room = await openClassroom({ hubLimits: { burst: 5, refusalBurst: 30 }, hubLogger: logger })
  const [amy, bob] = [await room.seat('amy'), await room.seat('bob', 'viewer')]
  const closed = once(amy.socket, 'close')
  for (let n = 0; n < 500; n += 1) amy.send(chat(String(n)))
  expect((await amy.take(30)).map(({ code }) => code)).toEqual(Array(30).fill('signal.rate'))
  expect((await closed)[0]).toBe(1008)
  expect(texts(await bob.take(5))).toEqual(['0', '1', '2', '3', '4'])
  expect(lines.filter((line) => line.includes('signal refused'))).toHaveLength(10)
})

test('the bytes of a connection and of a room are bounded, and a host goes on in a room that has too much', async () => {
  await using room = await openClassroom({ hubLimits: { bytesBurst: 5000, roomBytesBurst: 8000 } })
  const [amy, bob, host] = [await room.seat('amy'), await room.seat('bob'), await room.seat('system', 'host')]
  const long = chat('x'.repeat(3000))
  const answer = async (seat: Seat, more: object = {}) => {
    seat.send({ ...long, ...more })
    return await seat.next()
  }
  expect(await answer(amy)).toMatchObject({ seq: 1 })
  expect(await answer(amy)).toMatchObject({
    code: 'signal.rate',
    allowed: '5000 bytes at once, then 2097152 per second',
  })
  await bob.next()
  expect(await answer(bob)).toMatchObject({ seq: 2 })
  await host.take(2)
  expect(await answer(host)).toMatchObject({ seq: 3 })
  await bob.next()
  const cat = await room.seat('cat')
  await cat.take(3)
  expect(await answer(cat)).toMatchObject({
    code: 'signal.rate',
    allowed: '8000 bytes of a room at once, then 8388608 per second',
  })
})

test('a participant asks for few highlights in a while, over any number of connections; a host is not limited', async () => {
  let nowMs = NOW_MS
  await using room = await openClassroom({
    clock: () => nowMs,
    hubLimits: { highlightBurst: 2, highlightEverySec: 30 },
  })
  const ask = async (seat: Seat) => {
    seat.send({ v: 1, type: 'highlight' })
    const { type, code, allowed } = await seat.next()
    return type === 'error' ? `${code}: ${allowed}` : type
  }
  const refused = 'signal.rate: 2 highlights at once, then one every 30 s'
  const first = await room.seat('amy', 'participant', '?after=999')
  expect([await ask(first), await ask(first), await ask(first)]).toEqual(['highlight', 'highlight', refused])
  await first[Symbol.asyncDispose]()
  const again = await room.seat('amy', 'participant', '?after=999')
  expect(await ask(again)).toBe(refused)
  nowMs += 30_000
  expect([await ask(again), await ask(again)]).toEqual(['highlight', refused])
  await again[Symbol.asyncDispose]()
  const host = await room.seat('system', 'host', '?after=999')
  for (let n = 0; n < 5; n += 1) expect(await ask(host)).toBe('highlight')
})

test('an upgrade that is refused is logged with the trace id of its answer', async () => {
  const lines: string[] = []
  const logger = pino({ base: null }, { write: (line) => void lines.push(line) })
  await using room = await openClassroom({ logger })
  const refused = await sitDown(`${room.address}/v1/rooms/class-42/signals`).catch((error: unknown) => error)
  const { traceId } = (refused as { readonly cause: { readonly traceId: string } }).cause
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  const logged = lines.map((line) => JSON.parse(line)).find(({ method }) => method === 'UPGRADE')
  expect(logged).toMatchObject({ code: 'auth.missing', path: '/v1/rooms/class-42/signals', traceId })
})
