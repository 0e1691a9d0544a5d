import { delay } from '../src/timing/index.ts'
import type { WorkerTimes } from '../src/worker/index.ts'
import { assertNothingLeft, LiveClass, takeStock } from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import type { Benchmark } from './benchmark.ts'
import { MILLISECONDS, millisecondsRow } from './milliseconds.ts'

const STARTS = 20
const RECORD_MS = 1000
const CLIP_SEC = 900
const READY_WITHIN_MS = 20_000
const READY_POLL_MS = 50
/** The next recorder is started at once: in a service it waits for a quiet moment, and that is not what is measured. */
const TIMES: Partial<WorkerTimes> = { spareAfterMs: 500, sparesMs: 200, spareLatestMs: 500 }

interface Way {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  /** Whether a recorder waits before each start but the first. */
  readonly waits: boolean
}

const WAYS: readonly Way[] = [
  { name: 'cold: nothing waits (as delivered)', settings: {}, waits: false },
  { name: 'a recorder waits', settings: { PANOREC_WARM_RECORDERS: '1' }, waits: true },
  { name: 'a recorder waits with its page', settings: { PANOREC_WARM_PAGES: '1' }, waits: true },
]

/** How long a caller waits for the first recorded picture, by what waits for the request; and whether the recordings leave anything behind. */
export const starts: Benchmark = {
  name: 'starts',
  title: 'From POST to the first recorded frame',
  async run(say) {
    await using live = await LiveClass.start(3, CLIP_SEC)
    const rows: string[][] = []
    for (const way of WAYS) rows.push(...(await measureWay(way, live, say)))
    return {
      method:
        `${STARTS} starts in a row over the API, each with three live HLS sources, each stopped after a second, and each way with a ` +
        'service of its own. Afterwards no process, no port and no temporary folder was left.',
      columns: ['', ...MILLISECONDS],
      rows,
    }
  },
}

async function measureWay({ name, settings, waits }: Way, live: LiveClass, say: (progress: string) => void) {
  const before = await takeStock()
  const first: number[] = []
  const all: number[] = []
  const stops: number[] = []
  {
    await using service = await TestService.start(settings, { times: TIMES })
    for (let i = 0; i < STARTS; i++) {
      if (waits && (i > 0 || settings.PANOREC_WARM_PAGES !== undefined)) await oneWaits(service)
      const call = await service.post({ sources: live.sources, layout: { name: 'grid' } })
      await call.running()
      all.push(Date.now() - call.requestedAtMs)
      await delay(RECORD_MS)
      const stoppedAt = Date.now()
      await call.stop()
      stops.push(Date.now() - stoppedAt)
      const [, date = ''] = /#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(await call.index()) ?? []
      first.push(Date.parse(date) - call.requestedAtMs)
      say(`${name}, start ${i + 1} of ${STARTS}: first frame after ${first.at(-1)} ms`)
    }
  }
  await assertNothingLeft(before)
  return [
    [name, ...millisecondsRow('POST to the first recorded frame', first)],
    ['', ...millisecondsRow('POST to all sources live', all)],
    ['', ...millisecondsRow('stop to `completed`', stops)],
  ]
}

/** Waits until a recorder waits for its take, with its page where that is the way. */
async function oneWaits(service: TestService): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!isWaiting(service)) {
    if (performance.now() > deadline) throw new Error('No recorder waits for a take.')
    await delay(READY_POLL_MS)
  }
}

function isWaiting({ config, log }: TestService): boolean {
  const lines = log.map((line): Record<string, unknown> => JSON.parse(line))
  const saying = (text: string) => lines.filter(({ msg }) => String(msg).includes(text))
  const gone = new Set([...saying('begins the take'), ...saying('is lost')].map(({ pid }) => pid))
  const wanted = config.warmPages > 0
  return saying('a recorder waits for a take').some(({ pid, page }) => !gone.has(pid) && page === wanted)
}
