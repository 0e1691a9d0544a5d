import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Film, measureSync, readFilm, type Still, type SyncPoint, Timeline, type Window } from '../kit/index.ts'
import { type RecordedClass, readClass } from './classes/read-class.ts'
import { STEADY_PATTERNS, STEADY_VIDEO, STROKE_PROBE } from './classes/steady-class.ts'

/** The steady class, decoded: what its readers judge. */
export interface SteadyFilm extends RecordedClass<'steady'> {
  readonly index: string
  readonly film: Film
  readonly timeline: Timeline
  readonly sync: readonly (readonly SyncPoint[])[]
  /** The time in which it was recorded alone and nothing happened. */
  readonly steady: Window
  /** The same with the source of a browser, which joined. */
  readonly joined: Window
}

export async function readSteadyFilm(): Promise<SteadyFilm> {
  const recorded = await readClass('steady')
  const input = join(recorded.dir, 'index.m3u8')
  const index = await readFile(input, 'utf8')
  const film = await readFilm({
    input,
    size: STEADY_VIDEO,
    patterns: STEADY_PATTERNS,
    probes: [STROKE_PROBE],
    sound: true,
  })
  const timeline = new Timeline(index, film)
  const { at } = recorded.story
  const steady = { fromSec: timeline.ptsSec(at.steady), toSec: timeline.ptsSec(at.steadyEnd) }
  const joined = { fromSec: timeline.ptsSec(at.joined), toSec: timeline.ptsSec(at.joinedEnd) }
  return { ...recorded, index, film, timeline, sync: measureSync(film), steady, joined }
}

/** By how much a source's sound is beside its picture in the steady time, seconds; throws where beeps or flashes are missing. */
export function offsetsOf({ sync, steady }: SteadyFilm, source: number): number[] {
  const isIn = ({ ptsSec }: SyncPoint): boolean => ptsSec >= steady.fromSec && ptsSec < steady.toSec
  const points = (sync[source] ?? []).filter(isIn)
  const due = Math.floor(steady.toSec - steady.fromSec)
  if (points.length < due - 1) throw new Error(`${points.length} of ${due} seconds have their flash and their beep`)
  return points.map(({ offsetSec }) => Math.abs(offsetSec))
}

/** Milliseconds from a call to the first picture that passes. */
export function delayMs({ film, timeline }: SteadyFilm, calledAtMs: number, test: (still: Still) => boolean): number {
  const fromSec = timeline.ptsSec(calledAtMs)
  const shown = film.pictures.find(({ ptsSec, value }) => ptsSec >= fromSec && test(value))
  return shown === undefined ? Number.POSITIVE_INFINITY : timeline.wallMs(shown.ptsSec) - calledAtMs
}
