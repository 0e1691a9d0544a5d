import { measureCadence, measureSync, type Pattern, quantile, readFilm } from '../../test/kit/index.ts'
import { measureCosts, type ProcessCost, type RunningProcess } from '../process-cost.ts'

/** The class that every way records: live sources in a grid. */
export interface CostClass {
  readonly urls: readonly string[]
  readonly patterns: readonly Pattern[]
  readonly seconds: number
}

export const PICTURE = { width: 1280, height: 720, fps: 25, kbps: 2500 } as const
/** A browser's start and an encoder's first seconds are no running cost. */
export const SETTLE_MS = 8000

/** What a way used, and what it recorded. */
export interface Recorded {
  readonly cost: ProcessCost
  /** Of the part that is a service, which serves other recordings too. */
  readonly service?: ProcessCost
  /** A file or a playlist. */
  readonly path: string
}

/** One way to record the class, into a folder of its own. */
export interface Way {
  readonly name: string
  record(given: CostClass, dir: string): Promise<Recorded>
}

/** What all processes below this one use, by group, but for the encoders of the sources. */
export async function measureWay<G extends string>(seconds: number, groupOf: (process: RunningProcess) => G) {
  const isSource = ({ command }: RunningProcess) => /^ffmpeg .*-re /.test(command)
  const costs = await measureCosts(seconds, (process) => (isSource(process) ? undefined : groupOf(process)))
  return (group: G): ProcessCost => costs.get(group) ?? { cores: 0, peakBytes: 0 }
}

export interface Judged {
  /** The smallest share of the frames of a source that are in the file. */
  readonly present: number
  /** Sound against picture, seconds: the middle, and by how much it leaves that (p95). */
  readonly offsetSec: number
  readonly spreadSec: number
}

/** The end, where a way stops, is not judged. */
const TAIL_SEC = 2

/** What of the class is in the file that a way made, in the seconds that were measured. */
export async function judge(path: string, { patterns, seconds }: CostClass): Promise<Judged> {
  const film = await readFilm({ input: path, size: PICTURE, patterns, sound: true })
  const toSec = (film.pictures.at(-1)?.ptsSec ?? 0) - TAIL_SEC
  const window = { fromSec: toSec - seconds + TAIL_SEC, toSec }
  const offsets = measureSync(film).flatMap((points) =>
    points.filter(({ ptsSec }) => ptsSec >= window.fromSec && ptsSec < toSec).map(({ offsetSec }) => offsetSec),
  )
  const offsetSec = quantile(offsets, 0.5)
  const apart = offsets.map((offset) => Math.abs(offset - offsetSec))
  return {
    present: Math.min(...patterns.map((_, source) => measureCadence(film, source, window).present)),
    offsetSec,
    spreadSec: quantile(apart, 0.95),
  }
}
