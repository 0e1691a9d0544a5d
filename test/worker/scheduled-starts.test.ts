import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '../../src/telemetry/index.ts'
import { watchScheduledStarts } from '../../src/worker/scheduled-starts.ts'
import { DEFAULT_WORKER_TIMES } from '../../src/worker/worker-times.ts'

const logger = createLogger({ level: 'silent' })
/** Less than a connection that swallows everything takes to fail. */
const SOON_MS = 10_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a list that never comes does not keep later ones from starting what is due', async () => {
  const lists = [new Promise<never>(() => undefined)]
  const enqueued: string[] = []
  using _watch = watchScheduledStarts(
    {
      scheduled: async () => (await lists.shift()) ?? [{ recordingId: 'rec_due', inMs: 0 }],
      enqueue: async (recordingId) => void enqueued.push(recordingId),
    },
    { logger, times: DEFAULT_WORKER_TIMES, isResting: () => false },
  )
  await vi.advanceTimersByTimeAsync(SOON_MS)
  expect(enqueued).toContain('rec_due')
})
