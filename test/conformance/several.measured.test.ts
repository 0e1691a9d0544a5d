import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { assertNothingLeft, LiveClass, measureCadence, readFilm, Timeline, takeStock } from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'
import { SETTLE_SEC, TOGETHER_PRESENT_MIN, TOGETHER_REPEATED_MAX } from './tolerances.ts'

const SIZE = { width: 1280, height: 720 }
const TOGETHER_SEC = 20
/** The bench does thirty; these are enough to see a leak. */
const STARTS = 5
const SHORT_SEC = 1
const CLIP_SEC = 150

describe('several recordings', () => {
  test('two at once do not harm each other', async () => {
    await using service = await TestService.start()
    await using live = await LiveClass.start(3, CLIP_SEC)
    const spec = { sources: live.sources, layout: { name: 'grid' as const } }
    const calls = await Promise.all([service.post(spec), service.post(spec)])
    await Promise.all(calls.map((call) => call.running()))
    const running = Date.now()
    await sleep(TOGETHER_SEC * 1000)
    const stopped = Date.now()
    await Promise.all(calls.map((call) => call.stop()))
    for (const call of calls) {
      const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns: live.patterns })
      const timeline = new Timeline(await call.index(), film)
      const window = { fromSec: timeline.ptsSec(running) + SETTLE_SEC, toSec: timeline.ptsSec(stopped) - 0.5 }
      for (const source of live.patterns.keys()) {
        const cadence = measureCadence(film, source, window)
        expect(cadence.present).toBeGreaterThanOrEqual(TOGETHER_PRESENT_MIN)
        expect(cadence.repeated).toBeLessThanOrEqual(TOGETHER_REPEATED_MAX)
      }
    }
  })

  test('starts and stops in a row leave nothing behind, and a source that comes while Chrome starts is played', async () => {
    await using service = await TestService.start()
    await using live = await LiveClass.start(2, CLIP_SEC)
    const [first, second] = live.sources
    if (first === undefined || second === undefined) return expect.unreachable()
    const before = await takeStock()
    for (let i = 0; i < STARTS; i++) {
      const call = await service.post({ sources: [first] })
      await call.addSource(second)
      expect((await call.running()).sources).toHaveLength(2)
      await sleep(SHORT_SEC * 1000)
      const { state, durationSec } = await call.stop()
      expect(state).toBe('completed')
      expect(durationSec).toBeGreaterThan(0)
    }
    await assertNothingLeft(before)
  })
})
