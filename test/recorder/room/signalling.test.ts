import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Signal } from '../../../src/protocol/index.ts'
import { joinSignalling } from '../../../src/recorder/room/signalling.ts'

const BAD = [
  'no JSON',
  'null',
  '[]',
  '{"v":1,"at":1}',
  '{"v":2,"type":"chat.message","at":1,"text":"of another version"}',
  '{"v":1,"type":"chat.message","at":1}',
  '{"v":1,"type":"board.op","at":1,"page":"one","op":{"action":"put","element":{"kind":"image"}}}',
  '{"v":1,"type":"board.snapshot","at":1}',
]
const GOOD: Signal[] = [
  { v: 1, type: 'chat.message', at: 1, text: 'hello', seq: 4 },
  { v: 1, type: 'poll.opened', at: 2, ...{ question: 'of a type of the future' } },
]

it('leaves out what is not a signal or not what its type says, says why, and goes on', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    for (const text of [...BAD, ...GOOD.map((signal) => JSON.stringify(signal))]) socket.send(text)
  })
  const received: Signal[] = []
  const warnings: object[] = []
  const all = Promise.withResolvers<void>()
  const ignore = (): void => {}
  await using _signalling = joinSignalling({
    signalling: { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/room` },
    logger: { debug: ignore, info: ignore, error: ignore, warn: (details) => warnings.push(details) },
    onSignals(signals) {
      received.push(...signals)
      if (received.length >= GOOD.length) all.resolve()
    },
    onTrouble: (error) => all.reject(error),
  })
  await all.promise
  await _signalling[Symbol.asyncDispose]()
  await new Promise((resolve) => server.close(resolve))
  expect(received).toEqual(GOOD)
  expect(warnings).toHaveLength(BAD.length)
  expect(warnings[5]).toMatchObject({ mismatch: { path: ['text'] } })
})
