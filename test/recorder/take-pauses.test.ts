import { expect, test } from 'vitest'
import type { Packet, RecorderEvent } from '../../src/protocol/index.ts'
import { TakePauses } from '../../src/recorder/take-pauses.ts'

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
    setPaused: (isPaused: boolean) => void rested.push(isPaused),
  }
  const pauses = new TakePauses({
    isPaused,
    send: ({ type }) => void sent.push(type),
    emit: (event) => void events.push(event),
    takeEpochMs: Promise.resolve(EPOCH_MS),
    watchdog: () => watchdog,
  })
  const done: string[] = []
  const set = (asked: boolean, name: string) => void pauses.set(asked).then(() => done.push(name))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  await settle()
  return { pauses, sent, rested, events, done, set, settle }
}

test('a pause is true when the page has sent everything before it, and its end with the first picture', async () => {
  const { pauses, sent, rested, events, done, set, settle } = await open()
  pauses.onPacket(packet('video', 0))
  set(true, 'paused')
  set(true, 'paused again')
  await settle()
  expect([sent, done, rested]).toEqual([['pause'], [], []])
  pauses.onPacket(packet('pause', 2))
  await settle()
  expect([done, rested]).toEqual([['paused', 'paused again'], [true]])
  set(false, 'resumed')
  await settle()
  expect([sent, done.length, rested]).toEqual([['pause', 'resume'], 2, [true, false]])
  pauses.onPacket(packet('video', 5))
  await settle()
  expect(done).toContain('resumed')
  expect(events).toEqual([
    { type: 'paused', at: '2026-11-21T09:00:02.000Z' },
    { type: 'resumed', at: '2026-11-21T09:00:05.000Z' },
  ])
})

test('commands that come before the page has carried out the one before are answered in their order', async () => {
  const { pauses, rested, done, set, settle } = await open()
  set(true, 'paused')
  set(false, 'resumed')
  set(true, 'paused for good')
  pauses.onPacket(packet('pause', 1))
  await settle()
  expect(done).toEqual(['paused'])
  pauses.onPacket(packet('video', 1.2))
  await settle()
  expect(done).toEqual(['paused', 'resumed'])
  pauses.onPacket(packet('pause', 1.4))
  await settle()
  expect(done).toEqual(['paused', 'resumed', 'paused for good'])
  expect(rested.at(-1)).toBe(true)
})

test('a take that begins paused is paused without an order', async () => {
  const { pauses, sent, events, done, set, settle } = await open(true)
  pauses.onPacket(packet('pause', 0))
  set(true, 'paused')
  await settle()
  expect([sent, done]).toEqual([[], ['paused']])
  expect(events).toEqual([{ type: 'paused', at: '2026-11-21T09:00:00.000Z' }])
})

test('the time that a take stood still is known for every moment', async () => {
  const { pauses } = await open()
  for (const each of [packet('video', 0), packet('pause', 2), packet('video', 5), packet('pause', 6)])
    pauses.onPacket(each)
  const secBefore = (sec: number) => pauses.pausedMsBefore(EPOCH_MS + sec * 1000) / 1000
  expect([1, 2, 3, 5, 6, 8].map(secBefore)).toEqual([0, 0, 1, 3, 3, 5])
  expect(pauses.pausedUs).toBe(3e6)
})
