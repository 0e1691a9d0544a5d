import { expect, test } from 'vitest'
import { DecodedPlayer, type PlayerEvent } from '../../../recorder-page/sources/decode/decoded-player.ts'
import { stream } from './streams.ts'

const SEC_MS = 1000

test('a clock whose tick came late stands at the end of what it had, and goes on there', () => {
  let nowMs = 0
  const events: PlayerEvent[] = []
  const ignore = (): void => undefined
  const player = new DecodedPlayer({
    now: () => nowMs,
    onFrame: ignore,
    onSound: ignore,
    onError: ignore,
    onEvent: (event) => events.push(event),
  })
  // No decoder is opened for what cannot be decoded alone.
  const append = (fromSec: number): void =>
    player.queues.video.append(stream({ fromSec, samples: 25 }).map((sample) => ({ ...sample, isKey: false })))
  player.setKinds(new Set(['video']))
  append(0)
  player.tick()
  nowMs = 0.9 * SEC_MS
  player.tick()
  nowMs = 2.5 * SEC_MS
  player.tick()
  expect(player.clock.sec).toBeCloseTo(1)
  append(1)
  player.tick()
  nowMs += 0.1 * SEC_MS
  expect(player.clock.sec).toBeCloseTo(1.1)
  player.clear(0)
  expect(events).toEqual(['canplay', 'playing', 'waiting', 'canplay', 'playing', 'emptied'])
})
