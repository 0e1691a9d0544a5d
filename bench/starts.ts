import { delay } from '../src/timing/index.ts'
import { assertNothingLeft, LiveClass, takeStock } from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import type { Benchmark } from './benchmark.ts'
import { MILLISECONDS, millisecondsRow } from './milliseconds.ts'

const STARTS = 30
const RECORD_MS = 1000
const CLIP_SEC = 700

/** How long a caller waits for the first recorded picture, and whether thirty recordings leave anything behind. */
export const starts: Benchmark = {
  name: 'starts',
  title: 'From POST to the first recorded frame',
  async run(say) {
    await using service = await TestService.start()
    await using live = await LiveClass.start(3, CLIP_SEC)
    const before = await takeStock()
    const first: number[] = []
    const all: number[] = []
    const stops: number[] = []
    for (let i = 0; i < STARTS; i++) {
      const call = await service.post({ sources: live.sources, layout: { name: 'grid' } })
      await call.running()
      all.push(Date.now() - call.requestedAtMs)
      await delay(RECORD_MS)
      const stoppedAt = Date.now()
      await call.stop()
      stops.push(Date.now() - stoppedAt)
      const [, date = ''] = /#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(await call.index()) ?? []
      first.push(Date.parse(date) - call.requestedAtMs)
      say(`start ${i + 1} of ${STARTS}: first frame after ${first.at(-1)} ms`)
    }
    await assertNothingLeft(before)
    return {
      method:
        `${STARTS} cold starts in a row over the API, each with three live HLS sources, each stopped after a second. Afterwards no ` +
        'process, no port and no temporary folder was left.',
      columns: MILLISECONDS,
      rows: [
        millisecondsRow('POST to the first recorded frame', first),
        millisecondsRow('POST to all sources live', all),
        millisecondsRow('stop to `completed`', stops),
      ],
    }
  },
}
