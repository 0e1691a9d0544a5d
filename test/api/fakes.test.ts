import { describe } from 'vitest'
import { testHighlights } from '../highlights/highlights.suite.ts'
import { testEventFeed } from '../recording/event-feed.suite.ts'
import { testIdempotencyKeys } from '../recording/idempotency-keys.suite.ts'
import { testRecordings } from '../recording/recordings.suite.ts'
import { createFakeHighlights } from './fake-highlights.ts'
import { createFakeDeletions, createFakeEvents, createFakeIdempotencyKeys, createFakeRecordings } from './fakes.ts'

describe('recordings in memory', () =>
  testRecordings(async () => {
    const recordings = createFakeRecordings()
    return { recordings, deletions: createFakeDeletions(recordings), async [Symbol.asyncDispose]() {} }
  }))

describe('highlights in memory', () =>
  testHighlights(async () => {
    let nowMs = Date.parse('2026-11-21T09:00:00.000Z')
    const recordings = createFakeRecordings()
    const highlights = createFakeHighlights(recordings, () => nowMs)
    return {
      highlights,
      newRecording: async () => (await recordings.start({ room: 'class-42' })).id,
      makeReady: async (id) => void highlights.change(id, { state: 'ready', durationSec: 30 }),
      pass: (sec) => {
        nowMs += sec * 1000
      },
      now: () => new Date(nowMs).toISOString(),
      async [Symbol.asyncDispose]() {},
    }
  }))

describe('events in memory', () => {
  const events = createFakeEvents()
  const recordings = createFakeRecordings()
  const put = async (id: string, type: 'recording.state' | 'recording.layout') =>
    events.put({ at: '2026-11-21T09:00:00.000Z', recordingId: id, type, recording: await recordings.get(id) })
  testEventFeed({
    feed: () => events,
    async newRecording() {
      const recording = await recordings.start({})
      await put(recording.id, 'recording.state')
      return recording
    },
    async tell({ id }, ...types) {
      for (const type of types) await put(id, type)
    },
  })
})

describe('idempotency keys in memory', () => {
  let keys: ReturnType<typeof createFakeIdempotencyKeys> | undefined
  testIdempotencyKeys((clock) => {
    keys ??= createFakeIdempotencyKeys(clock)
    return keys
  })
})
