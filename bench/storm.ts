import { createClient } from '../src/client/index.ts'
import type { Highlight } from '../src/protocol/index.ts'
import { delay } from '../src/timing/index.ts'
import { LiveClass, patternOf, quantile } from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import { readRecordedTime } from '../test/kit/watch/recorded-time.ts'
import type { Benchmark } from './benchmark.ts'

const TRIGGERS = 100
const EVERY_MS = 600
const FPS = 25
const SIZE = { width: 1280, height: 720 }
/** As long as the storm: a baseline of what a recording loses without it. */
const CALM_MS = 60_000
const SETTLE_MS = 5000
const SOURCE_SEC = 240
/** Clips of a storm wait for each other. */
const READY_MS = 600_000
const POLL_MS = 500

/** A hundred triggers in a minute: what they cost the recording, and how long the clips wait for each other. */
export const storm: Benchmark = {
  name: 'storm',
  title: 'A hundred triggers in a minute',
  async run(say) {
    await using service = await TestService.start()
    await using live = await LiveClass.start(1, SOURCE_SEC)
    const call = await service.post({ sources: live.sources, layout: { name: 'single', labels: false } })
    const { highlights } = createClient({ baseUrl: service.url })
    await call.running()
    await delay(SETTLE_MS)
    const calmFromMs = Date.now()
    await delay(CALM_MS)
    const fromMs = Date.now()
    for (let i = 0; i < TRIGGERS; i += 1) {
      await highlights.trigger(call.id, { preSec: 3 + (i % 7), postSec: i % 4 })
      await delay(Math.max(0, fromMs + (i + 1) * EVERY_MS - Date.now()))
    }
    const toMs = Date.now()
    say('the storm is over')
    await delay(SETTLE_MS)
    await call.stop()
    const deadline = performance.now() + READY_MS
    const isOpen = ({ state }: Highlight) => state === 'waiting' || state === 'cutting'
    let { items } = await highlights.list({ recordingId: call.id, limit: TRIGGERS })
    while (items.some(isOpen) && performance.now() < deadline) {
      await delay(POLL_MS)
      items = (await highlights.list({ recordingId: call.id, limit: TRIGGERS })).items
    }
    const options = { size: SIZE, patterns: [patternOf(0)], fps: FPS }
    const { pictures } = await readRecordedTime(service.recordingDir(call.id), options)
    const lost = (from: number, to: number) => {
      const seen = pictures.filter(({ wallMs }) => wallMs >= from && wallMs < to)
      const shown = new Set(seen.flatMap(({ counters }) => counters[0] ?? []))
      const expected = ((to - from) / 1000) * FPS
      return [Math.max(0, Math.round(expected) - seen.length), Math.max(...shown) - Math.min(...shown) + 1 - shown.size]
    }
    const delays = (key: 'playableAt' | 'readyAt') =>
      items.map((item) => Date.parse(item[key] ?? '') - Date.parse(item.at) - item.postSec * 1000)
    const row = (name: string, from: number, to: number) => [name, ...lost(from, to).map(String)]
    const seconds = (ms: readonly number[]) =>
      `${[0.5, 0.95].map((q) => (quantile(ms, q) / 1000).toFixed(2)).join(' s, p95 ')} s`
    const ready = items.filter(({ state }) => state === 'ready').length
    return {
      method:
        `${TRIGGERS} triggers, one every ${EVERY_MS} ms, on a running recording of 1280×720 at ${FPS} fps, after a minute without any. ${ready} of ` +
        `${TRIGGERS} clips of 3 to 12 s became ready. From the post-roll to the playlist: p50 ${seconds(delays('playableAt'))}; to the exact clip, of which ` +
        `this machine cuts one at a time behind the recording: p50 ${seconds(delays('readyAt'))}.`,
      columns: ['recording', 'pictures missing', "source's frames missing"],
      rows: [row('in the calm minute', calmFromMs, fromMs), row('in the storm', fromMs, toMs)],
    }
  },
}
