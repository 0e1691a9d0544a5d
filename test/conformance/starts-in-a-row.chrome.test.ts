import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { assertNothingLeft, LiveClass, takeStock } from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'

/** `npm run bench -- starts` does thirty; these are enough to see a leak. */
const STARTS = 3
const SHORT_MS = 1000
const SOURCE_SEC = 120
const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 400 }

test('starts and stops in a row leave nothing behind, and a source that comes while Chrome starts is played', async () => {
  await using live = await LiveClass.start(2, SOURCE_SEC)
  const [first, second] = live.sources
  if (first === undefined || second === undefined) return expect.unreachable()
  const before = await takeStock()
  {
    await using service = await TestService.start()
    for (let i = 0; i < STARTS; i++) {
      const call = await service.post({ sources: [first], video: VIDEO })
      await call.addSource(second)
      expect((await call.running()).sources).toHaveLength(2)
      await sleep(SHORT_MS)
      const { state, durationSec } = await call.stop()
      expect(state).toBe('completed')
      expect(durationSec).toBeGreaterThan(0)
    }
  }
  await assertNothingLeft(before)
})
