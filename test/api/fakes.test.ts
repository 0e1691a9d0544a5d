import { describe } from 'vitest'
import { testEventFeed } from '../recording/event-feed.suite.ts'
import { testIdempotencyKeys } from '../recording/idempotency-keys.suite.ts'
import { testRecordings } from '../recording/recordings.suite.ts'
import { createFakeDeletions, createFakeEvents, createFakeIdempotencyKeys, createFakeRecordings } from './fakes.ts'

describe('recordings in memory', () =>
  testRecordings(async () => {
    const recordings = createFakeRecordings()
    return { recordings, deletions: createFakeDeletions(recordings), async [Symbol.asyncDispose]() {} }
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
