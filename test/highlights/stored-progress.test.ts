import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { StoredProgress } from '../../src/highlights/clips/stored-progress.ts'

/** Longer than a poll of an expectation and half of it together, on a busy machine too. */
const SILENT_MS = 400

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
  tell('rec_1')
  await expect.poll(() => asked.length).toBe(2)
  for (let segments = 0; segments < 4; segments++) {
    await sleep(SILENT_MS / 2)
    watch.storedUntil('rec_1', 2000)
  }
  tell('rec_1')
  await expect.poll(() => asked.length).toBe(3)
  await sleep(SILENT_MS * 2)
  tell('rec_1')
  tell(undefined)
  await sleep(SILENT_MS)
  expect(asked).toHaveLength(3)
  watch.storedUntil('rec_1', 3000)
  await expect.poll(() => asked.length).toBe(4)
})
