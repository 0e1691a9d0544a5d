import { expect, test } from 'vitest'
import answers from './bad-signal-answers.json' with { type: 'json' }
import { BAD_SIGNALS } from './bad-signals.ts'
import { openClassroom } from './open-room.ts'

const ANSWERS: Readonly<Record<string, object>> = answers

test('every wrong frame gets exactly its error frame, is not stored, and leaves the connection open', async () => {
  expect(Object.keys(BAD_SIGNALS).length).toBeGreaterThanOrEqual(40)
  expect(Object.keys(ANSWERS)).toEqual(Object.keys(BAD_SIGNALS))
  await using room = await openClassroom()
  for (const [name, { role, frame }] of Object.entries(BAD_SIGNALS)) {
    const seat = await room.seat('amy', role)
    seat.send(frame)
    expect(await seat.next(), name).toEqual({ v: 1, type: 'error', ...ANSWERS[name] })
    seat.send(frame)
    expect(await seat.next(), `${name}, again`).toEqual({ v: 1, type: 'error', ...ANSWERS[name] })
    await seat[Symbol.asyncDispose]()
  }
  expect(await room.api.history.since('class-42', 0)).toEqual([])
})
