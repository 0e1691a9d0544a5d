import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StoredProgress } from '../../src/highlights/clips/stored-progress.ts'

const SILENT_MS = 400

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** A watch over a database that says who waits, and how often it was asked. */
function openWatch() {
  const asked: string[] = []
  let heard: (recordingId: string | undefined) => void = () => {}
  const watch = new StoredProgress({
    highlights: {
      async nextDueMs(recordingId) {
        asked.push(recordingId)
        return undefined
      },
      watch(onWaiting) {
        heard = onWaiting
        return { [Symbol.dispose]: () => {} }
      },
    },
    observer: { trouble: () => {} },
    planDue: async () => {},
    silentMs: SILENT_MS,
  })
  return { watch, asked, tell: (recordingId: string | undefined) => heard(recordingId) }
}

test('a recording of which no segment comes any more, because another worker has it, is forgotten', async () => {
  const { watch, asked, tell } = openWatch()
  using _watch = watch
  watch.storedUntil('rec_1', 1000)
  await pass(0)
  tell('rec_1')
  await pass(0)
  expect(asked).toHaveLength(2)
  for (let segments = 0; segments < 4; segments++) {
    await pass(SILENT_MS - 1)
    watch.storedUntil('rec_1', 2000)
  }
  tell('rec_1')
  await pass(0)
  expect(asked).toHaveLength(3)
  await pass(SILENT_MS)
  tell('rec_1')
  tell(undefined)
  await pass(SILENT_MS)
  expect(asked).toHaveLength(3)
  watch.storedUntil('rec_1', 3000)
  await pass(0)
  expect(asked).toHaveLength(4)
})
