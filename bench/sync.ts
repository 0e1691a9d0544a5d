import { basename, dirname } from 'node:path'
import { delay } from '../src/timing/index.ts'
import {
  FileServer,
  type Film,
  HlsServer,
  makePatternClip,
  measureCadence,
  measureSync,
  patternOf,
  quantile,
  readFilm,
  Sfu,
  type SyncPoint,
} from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import type { Benchmark } from './benchmark.ts'

const RECORD_SEC = 600
const CLIP_SEC = 700
const SETTLE_SEC = 5
/** The offsets at the beginning and at the end are medians over this long. */
const EDGE_SEC = 60
const SIZE = { width: 1280, height: 720 }
const NAMES = ['hls', 'hls', 'whep', 'video'] as const

/** Frames and lip synchrony of a ten-minute recording, read from its decoded pictures and sound. */
export const sync: Benchmark = {
  name: 'sync',
  title: 'Frames, and sound against picture, over ten minutes',
  async run(say) {
    await using service = await TestService.start()
    await using sources = new AsyncDisposableStack()
    const patterns = NAMES.map((_, index) => patternOf(index))
    const [first = '', second = '', third = '', fourth = ''] = await Promise.all(
      patterns.map((pattern) => makePatternClip(pattern, CLIP_SEC)),
    )
    const servers = [first, second].map(async (clip) => sources.use(await HlsServer.start({ clip })).ready())
    const [a, b] = await Promise.all(servers)
    const sfu = sources.use(await Sfu.start())
    await sfu.feed('whep', third)
    const files = sources.use(await FileServer.start(dirname(fourth)))
    const call = await service.post({
      sources: [
        { id: 'hls-0', type: 'hls', url: a?.url ?? '' },
        { id: 'hls-1', type: 'hls', url: b?.url ?? '' },
        { id: 'whep', type: 'whep', url: sfu.whepUrl('whep') },
        { id: 'video', type: 'video', url: files.url(basename(fourth)) },
      ],
      layout: { name: 'grid' },
    })
    await call.running()
    say(`recording for ${RECORD_SEC} s`)
    await delay(RECORD_SEC * 1000)
    await call.stop()
    say('decoding it')
    const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns, sound: true })
    const points = measureSync(film)
    return {
      method:
        `One recording of ${RECORD_SEC} s with two HLS sources, a WHEP source and a file, each with a frame counter, and a flash and a beep ` +
        'each second. Offsets are those of the sound: positive is late. Drift is the median of the last minute less that of the first.',
      columns: ['source', 'frames present', 'shown twice', '\\|offset\\| p50, ms', 'p95, ms', 'max, ms', 'drift, ms'],
      rows: NAMES.map((name, source) => [name, ...figures(film, source, points[source] ?? [])]),
    }
  },
}

function figures(film: Film, source: number, all: readonly SyncPoint[]): string[] {
  const fromSec = (film.pictures[0]?.ptsSec ?? 0) + SETTLE_SEC
  const toSec = film.pictures.at(-1)?.ptsSec ?? 0
  const cadence = measureCadence(film, source, { fromSec, toSec })
  const points = all.filter(({ ptsSec }) => ptsSec >= fromSec)
  const sizes = points.map(({ offsetSec }) => Math.abs(offsetSec))
  const median = (isIn: (ptsSec: number) => boolean): number =>
    quantile(
      points.flatMap(({ ptsSec, offsetSec }) => (isIn(ptsSec) ? [offsetSec] : [])),
      0.5,
    )
  const drift = median((ptsSec) => ptsSec > toSec - EDGE_SEC) - median((ptsSec) => ptsSec < fromSec + EDGE_SEC)
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
  const ms = (sec: number): string => (sec * 1000).toFixed(1)
  return [
    percent(cadence.present),
    percent(cadence.repeated),
    ...[0.5, 0.95, 1].map((q) => ms(quantile(sizes, q))),
    ms(drift),
  ]
}
