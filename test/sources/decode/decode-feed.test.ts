import { describe, expect, test } from 'vitest'
import { DecodeFeed } from '../../../recorder-page/sources/decode/decode-feed.ts'
import type { Sample } from '../../../recorder-page/sources/decode/sample.ts'
import type { SampleQueue } from '../../../recorder-page/sources/decode/sample-queue.ts'
import { queueOf, stream } from './streams.ts'

const AHEAD_SEC = 0.2
const STEP_SEC = 0.04
const MANY = 1000

const at = (playSec: number, isKeysOnly = false) => ({
  playSec,
  untilSec: playSec + AHEAD_SEC,
  most: MANY,
  isKeysOnly,
})
const frames = (samples: readonly Sample[]): number[] => samples.map(({ ptsSec }) => Math.round(ptsSec / STEP_SEC))

/** Everything that is decoded while a queue is played from one time to another. */
function play(feed: DecodeFeed, queue: SampleQueue, fromSec: number, toSec: number): Sample[] {
  const decoded: Sample[] = []
  for (let sec = fromSec; sec < toSec; sec += 0.01) decoded.push(...feed.next(queue, at(sec)))
  return decoded
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('decoding', () => {
  test('begins at the key frame that leads to what is played, and shows nothing before that', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const samples = feed.next(queueOf(stream({})), at(1.5))
    expect(frames(samples)).toEqual(range(25, 42))
    expect(frames(samples.filter((sample) => feed.isShown(sample)))).toEqual(range(37, 42))
  })

  test('begins at the first key frame where none leads to what is played', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}).slice(30))
    expect(frames(play(feed, queue, 1.2, 2))).toEqual(range(50, 54))
  })

  test('goes on with each sample once, a little ahead of what is played', () => {
    const feed = new DecodeFeed({ lead: 0 })
    expect(frames(play(feed, queueOf(stream({})), 0, 2))).toEqual(range(0, 54))
  })

  test('begins sound one frame earlier, which is not played', () => {
    const feed = new DecodeFeed({ lead: 1 })
    const queue = queueOf(stream({ kind: 'audio', durationSec: 1024 / 48000, samples: 200 }))
    const samples = feed.next(queue, at(1))
    const [first, second] = samples
    expect(first?.ptsSec).toBeCloseTo((45 * 1024) / 48000, 6)
    expect(samples.map((sample) => feed.isShown(sample)).slice(0, 2)).toEqual([false, true])
    expect(second?.ptsSec).toBeLessThanOrEqual(1)
  })

  test('leaves out what is late where a later key frame leads on', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}))
    feed.next(queue, at(0))
    expect(frames(feed.next(queue, at(2.1)))).toEqual(range(50, 57))
  })

  test('catches up where no later key frame leads on', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({ keyEvery: 100 }))
    feed.next(queue, at(0))
    expect(frames(feed.next(queue, at(2.1)))).toEqual(range(6, 57))
  })

  test('goes on behind a hole at a key frame', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({ samples: 25 }), stream({ fromSec: 2, samples: 50 }).slice(10))
    expect(frames(play(feed, queue, 0, 4))).toEqual([...range(0, 24), ...range(75, 99)])
  })

  test('after a replacement begins anew at its key frame', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}))
    play(feed, queue, 0, 0.5)
    queue.append(stream({ samples: 100 }))
    const samples = feed.next(queue, at(0.61))
    expect(frames(samples)).toEqual(range(0, 20))
  })

  test('of a picture that nobody sees takes key frames only, and shows it whole as soon as it is seen', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}))
    const hidden = [0, 0.5, 1, 1.5].flatMap((sec) => feed.next(queue, at(sec, true)))
    expect(frames(hidden)).toEqual([0, 25])
    const seen = feed.next(queue, at(1.6))
    expect(frames(seen)).toEqual(range(26, 45))
    expect(frames(seen.filter((sample) => feed.isShown(sample)))).toEqual(range(40, 45))
  })

  test('begins anew after a seek', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}))
    play(feed, queue, 0, 2)
    feed.restart()
    expect(frames(feed.next(queue, at(0.5)))).toEqual(range(0, 17))
  })

  test('gives no more at once than is asked for, and goes on from there', () => {
    const feed = new DecodeFeed({ lead: 0 })
    const queue = queueOf(stream({}))
    expect(frames(feed.next(queue, { ...at(2.5), most: 4 }))).toEqual(range(50, 53))
    expect(frames(feed.next(queue, { ...at(2.5), most: 4 }))).toEqual(range(54, 57))
  })
})

describe('a queue of samples', () => {
  test('says what can be played, and joins what touches', () => {
    const queue = queueOf(
      stream({ samples: 25 }),
      stream({ fromSec: 1, samples: 25 }),
      stream({ fromSec: 3, samples: 25 }),
    )
    const spans = [0, 1].map((i) =>
      [queue.ranges.start(i), queue.ranges.end(i)].map((sec) => Math.round(sec * 100) / 100),
    )
    expect(queue.ranges.length).toBe(2)
    expect(spans).toEqual([
      [0, 2],
      [3, 4],
    ])
  })

  test('replaces what is there at the same time, and forgets what is removed', () => {
    const queue = queueOf(stream({}), stream({ fromSec: 1, samples: 25 }))
    expect(queue.size).toBe(100)
    queue.remove(0, 1)
    expect(queue.size).toBe(75)
    expect(queue.ranges.start(0)).toBe(1)
  })
})
