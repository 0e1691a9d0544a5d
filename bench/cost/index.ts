import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HlsServer, type Pattern, patternOf, quantile } from '../../test/kit/index.ts'
import type { Benchmark } from '../benchmark.ts'
import { ffmpegAlone } from './ffmpeg-alone.ts'
import { makeMovingClip } from './moving-clip.ts'
import { provide } from './programs.ts'
import { thisRecorder } from './this-recorder.ts'
import { type Judged, judge, type Recorded, type Way } from './way.ts'
import { X11_PROGRAMS, x11grab } from './x11grab.ts'

const MEASURE_SEC = 20
/** Longer than a way takes to start and to be measured. */
const CLIP_SEC = 120

const OURS = thisRecorder('this recorder')
const ELEMENTS = thisRecorder('the same, sources played by elements', { PANOREC_SOURCE_PLAYER: 'elements' })
const CANVAS = thisRecorder('the same, composed on a canvas', { PANOREC_COMPOSITOR: 'canvas' })
const FFMPEG = ffmpegAlone('veryfast')
const GRABBED = x11grab('veryfast')
const GRABBED_FAST = x11grab('ultrafast')
const IS_GRABBED: ReadonlySet<Way> = new Set([GRABBED, GRABBED_FAST])

interface MeasuredClass {
  readonly sources: number
  readonly ways: readonly Way[]
  /** Every way in turn, so that a machine that grows slower does so for all of them. */
  readonly rounds: number
}

const MAIN = { sources: 4, ways: [OURS, GRABBED, GRABBED_FAST, FFMPEG, ffmpegAlone('ultrafast')], rounds: 3 }
const OTHERS: readonly MeasuredClass[] = [
  { sources: 4, ways: [ELEMENTS, CANVAS], rounds: 1 },
  { sources: 1, ways: [OURS, GRABBED, FFMPEG], rounds: 1 },
  { sources: 9, ways: [OURS, GRABBED, FFMPEG], rounds: 1 },
]

type Measured = Recorded & Judged

/** What a recording costs, and whether it is whole, beside other ways to record the same class. */
export const cost: Benchmark = {
  name: 'cost',
  title: 'CPU and memory of a recording',
  async run(say) {
    const missing = provide(X11_PROGRAMS)
    if (missing.length > 0)
      say(`left out, because they cannot be installed here: the ways with ${missing.join(' and ')}`)
    const rows: (readonly string[])[] = []
    let reference: readonly Measured[] | undefined
    for (const given of [MAIN, ...OTHERS]) {
      const ways = given.ways.filter((way) => missing.length === 0 || !IS_GRABBED.has(way))
      const measured = await measureClass({ ...given, ways }, say)
      reference = measured.get(GRABBED) ?? reference
      for (const [way, runs] of measured) rows.push(row(nameOf(way, given.sources), runs, reference))
    }
    return {
      method:
        `Moving live HLS sources of 640×360 at 25 fps with sound in a grid of 1280×720 at 25 fps and 2.5 Mbit/s, four unless a row says otherwise; ` +
        `${MEASURE_SEC} s of each way, one after the other; with four sources ${MAIN.rounds} rounds, of which the middle is shown. Cores and memory are those of all processes but the ` +
        'sources; of this recorder they are without its service, which a column of its own has. Frames: of the source that lost most. Sound: ' +
        'by how much it is late (+) in the middle, and p95 around that.',
      columns: ['way', 'cores', 'against x11grab', 'memory, PSS', 'service', 'frames', 'sound, ms'],
      rows,
    }
  },
}

function nameOf({ name }: Way, sources: number): string {
  if (sources === MAIN.sources) return name
  return `${name}, ${sources} ${sources === 1 ? 'source' : 'sources'}`
}

async function measureClass(
  { sources, ways, rounds }: MeasuredClass,
  say: (progress: string) => void,
): Promise<ReadonlyMap<Way, readonly Measured[]>> {
  const patterns = Array.from({ length: sources }, (_, index) => patternOf(index))
  const measured = new Map<Way, Measured[]>(ways.map((way) => [way, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [way, runs] of measured) {
      const run = await measureRun(way, patterns)
      runs.push(run)
      say(`${sources} sources, round ${round}, ${row(way.name, [run]).join(' | ')}`)
    }
  }
  return measured
}

async function measureRun(way: Way, patterns: readonly Pattern[]): Promise<Measured> {
  await using undo = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'panorec-cost-'))
  undo.defer(() => rm(dir, { recursive: true, force: true }))
  await using live = await openSources(patterns)
  const given = { urls: live.urls, patterns, seconds: MEASURE_SEC }
  const recorded = await way.record(given, dir)
  return { ...recorded, ...(await judge(recorded.path, given)) }
}

/** Each way has streams that have just begun: none comes to its end in it. */
async function openSources(patterns: readonly Pattern[]) {
  await using undo = new AsyncDisposableStack()
  const clips: string[] = []
  for (const pattern of patterns) clips.push(await makeMovingClip(pattern, CLIP_SEC))
  const servers: HlsServer[] = []
  for (const clip of clips) servers.push(undo.use(await HlsServer.start({ clip })))
  await Promise.all(servers.map((server) => server.ready()))
  const resources = undo.move()
  return { urls: servers.map(({ url }) => url), [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

function row(name: string, runs: readonly Measured[], reference?: readonly Measured[]): readonly string[] {
  const middle = (of: readonly Measured[], read: (run: Measured) => number): number => quantile(of.map(read), 0.5)
  const cores = (run: Measured) => run.cost.cores
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  const service = runs.some((run) => run.service !== undefined)
    ? `${middle(runs, (run) => run.service?.cores ?? 0).toFixed(2)}, ${megabytes(middle(runs, (run) => run.service?.peakBytes ?? 0))}`
    : ''
  const offset = Math.round(middle(runs, (run) => run.offsetSec) * 1000)
  return [
    name,
    middle(runs, cores).toFixed(2),
    reference === undefined ? '' : (middle(runs, cores) / middle(reference, cores)).toFixed(2),
    megabytes(middle(runs, (run) => run.cost.peakBytes)),
    service,
    `${(middle(runs, (run) => run.present) * 100).toFixed(1)} %`,
    `${offset < 0 ? '−' : offset > 0 ? '+' : ''}${Math.abs(offset)}, ±${(middle(runs, (run) => run.spreadSec) * 1000).toFixed(0)}`,
  ]
}
