import { expect, test } from 'vitest'
import type { Packet, RecorderEvent } from '../../src/protocol/index.ts'
import { createPausing } from '../../src/recorder/pausing.ts'

const EPOCH_MS = Date.parse('2026-11-21T09:00:00.000Z')
const packet = (kind: 'video' | 'pause', sec: number): Packet => ({
  kind,
  key: false,
  cut: false,
  sequence: 0,
  timestampUs: sec * 1e6,
  durationUs: 0,
  data: new Uint8Array(),
})

async function open(isPaused = false) {
  const sent: string[] = []
  const rested: boolean[] = []
  const events: RecorderEvent[] = []
  const watchdog = {
    rest: (resting: boolean) => void rested.push(resting),
    sawVideo() {},
    sawPong() {},
    sawStats() {},
    sawMemory() {},
    [Symbol.dispose]() {},
  }
  const pausing = createPausing({
    isPaused,
    send: ({ type }) => void sent.push(type),
    emit: (event) => void events.push(event),
    takeEpochMs: Promise.resolve(EPOCH_MS),
    watchdog: () => watchdog,
  })
  const done: string[] = []
  const set = (asked: boolean, name: string) => void pausing.set(asked).then(() => done.push(name))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  await settle()
  return { pausing, sent, rested, events, done, set, settle }
}

test('a pause is true when the page has sent everything before it, and its end with the first picture', async () => {
  const { pausing, sent, rested, events, done, set, settle } = await open()
  pausing.see(packet('video', 0))
  set(true, 'paused')
  set(true, 'paused again')
  await settle()
  expect([sent, done, rested]).toEqual([['pause'], [], []])
  pausing.see(packet('pause', 2))
  await settle()
  expect([done, rested]).toEqual([['paused', 'paused again'], [true]])
  set(false, 'resumed')
  await settle()
  expect([sent, done.length, rested]).toEqual([['pause', 'resume'], 2, [true, false]])
  pausing.see(packet('video', 5))
  await settle()
  expect(done).toContain('resumed')
  expect(events).toEqual([
    { type: 'paused', at: '2026-11-21T09:00:02.000Z' },
    { type: 'resumed', at: '2026-11-21T09:00:05.000Z' },
  ])
})

test('orders that come before the page has obeyed the one before are answered in their turn', async () => {
  const { pausing, rested, done, set, settle } = await open()
  set(true, 'paused')
  set(false, 'resumed')
  set(true, 'paused for good')
  pausing.see(packet('pause', 1))
  await settle()
  expect(done).toEqual(['paused'])
  pausing.see(packet('video', 1.2))
  await settle()
  expect(done).toEqual(['paused', 'resumed'])
  pausing.see(packet('pause', 1.4))
  await settle()
  expect(done).toEqual(['paused', 'resumed', 'paused for good'])
  expect(rested.at(-1)).toBe(true)
})

test('a take that begins paused is paused without an order', async () => {
  const { pausing, sent, events, done, set, settle } = await open(true)
  pausing.see(packet('pause', 0))
  set(true, 'paused')
  await settle()
  expect([sent, done]).toEqual([[], ['paused']])
  expect(events).toEqual([{ type: 'paused', at: '2026-11-21T09:00:00.000Z' }])
})

test('the time that a take stood still is known for every moment', async () => {
  const { pausing } = await open()
  for (const each of [packet('video', 0), packet('pause', 2), packet('video', 5), packet('pause', 6)]) pausing.see(each)
  const secBefore = (sec: number) => pausing.pausedMsBefore(EPOCH_MS + sec * 1000) / 1000
  expect([1, 2, 3, 5, 6, 8].map(secBefore)).toEqual([0, 0, 1, 3, 3, 5])
  expect(pausing.pausedUs).toBe(3e6)
})
