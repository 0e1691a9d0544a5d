import type { Pattern, Rect } from '../sources/pattern.ts'
import { findBeeps } from './beeps.ts'
import { decodeBoth, decodePictures, type Picture, type Size, type SoundRun, type Timed } from './decode.ts'
import { type Colour, isStillThere, locateTile, meanColour, readCounter, readFlash, type Tile } from './tile.ts'

/** What one source shows in one picture of the recording. */
interface Sighting {
  /** The source's frame; undefined when it is not to be read: a placeholder, a transition, not in the picture. */
  readonly counter: number | undefined
  readonly flash: boolean
  readonly tile: Tile | undefined
}
/** What was read from one picture: each source, and the colour of each probe. */
export interface Still {
  readonly sources: readonly Sighting[]
  readonly probes: readonly Colour[]
}
/** A decoded recording. */
export interface Film {
  readonly pictures: readonly Timed<Still>[]
  readonly patterns: readonly Pattern[]
  /** Its sound, where that was asked for. */
  readonly sound?: readonly SoundRun[]
  /** What FFmpeg complained of while it decoded. */
  readonly complaints: readonly string[]
}

interface FilmOptions {
  readonly input: string
  readonly size: Size
  readonly patterns: readonly Pattern[]
  /** Places of the picture, in pixels, whose colour is to be known. */
  readonly probes?: readonly Rect[]
  /** The sound is decoded too, in the same pass. */
  readonly sound?: boolean
}

/** Decodes a recording and follows each source by its colour, also through layout switches. */
export async function readFilm(options: FilmOptions): Promise<Film> {
  const { patterns, probes = [] } = options
  const tiles: (Tile | undefined)[] = []
  const read = (picture: Picture): Still => ({
    sources: patterns.map((pattern, i) => {
      const seen = look(picture, pattern, tiles[i])
      if (seen.tile) tiles[i] = seen.tile
      return seen
    }),
    probes: probes.map((rect) => meanColour(picture, rect)),
  })
  const { input, size, sound = false } = options
  if (sound) {
    const { items, complaints, runs } = await decodeBoth(input, size, read)
    return { pictures: items, patterns, sound: runs, complaints }
  }
  const { items, complaints } = await decodePictures(input, size, read)
  return { pictures: items, patterns, complaints }
}

/** Looks where it was seen last, and where it is not there any more, everywhere. */
function look(picture: Picture, pattern: Pattern, known: Tile | undefined): Sighting {
  const tile = known && isStillThere(picture, pattern, known) ? known : locateTile(picture, pattern)
  const counter = tile && readCounter(picture, pattern, tile)
  if (!tile || counter === undefined) return { counter: undefined, flash: false, tile: undefined }
  return { counter, flash: readFlash(picture, tile), tile }
}

interface Cadence {
  /** Pictures of the recording that were looked at. */
  readonly pictures: number
  /** Share of the source's frames, from the first to the last seen, that are in the recording. */
  readonly present: number
  /** Share of the pictures that show the same frame as the picture before. */
  readonly repeated: number
  /** Share of the pictures in which the source cannot be read. */
  readonly unreadable: number
  /** Pictures whose counter is lower than one seen before. */
  readonly backwards: number
  /** The longest time without a new frame, seconds. */
  readonly longestFreezeSec: number
}

export interface Window {
  readonly fromSec: number
  readonly toSec: number
}

/** How regularly a source's frames appear in a stretch of the recording. */
export function measureCadence(film: Film, source: number, window: Window = EVERYTHING): Cadence {
  const pictures = inWindow(film, window)
  const seen = new Set<number>()
  let newest = -1
  let newestAt = pictures[0]?.ptsSec ?? 0
  let longestFreezeSec = 0
  let repeated = 0
  let unreadable = 0
  let backwards = 0
  let previous: number | undefined
  for (const { ptsSec, value } of pictures) {
    const counter = value.sources[source]?.counter
    if (counter === undefined) unreadable++
    else if (counter === previous) repeated++
    else if (counter < newest) backwards++
    if (counter !== undefined && counter > newest) {
      newest = counter
      newestAt = ptsSec
    }
    longestFreezeSec = Math.max(longestFreezeSec, ptsSec - newestAt)
    if (counter !== undefined) seen.add(counter)
    previous = counter
  }
  const span = seen.size === 0 ? 1 : Math.max(...seen) - Math.min(...seen) + 1
  const share = (n: number): number => (pictures.length === 0 ? 0 : n / pictures.length)
  return {
    pictures: pictures.length,
    present: seen.size / span,
    repeated: share(repeated),
    unreadable: share(unreadable),
    backwards,
    longestFreezeSec,
  }
}

const EVERYTHING: Window = { fromSec: Number.NEGATIVE_INFINITY, toSec: Number.POSITIVE_INFINITY }

function inWindow(film: Film, { fromSec, toSec }: Window): Timed<Still>[] {
  return film.pictures.filter(({ ptsSec }) => ptsSec >= fromSec && ptsSec < toSec)
}

/** When each flash of a source is first shown, seconds. */
export function findFlashes(film: Film, source: number): number[] {
  let last: number | undefined
  return film.pictures.flatMap(({ ptsSec, value }) => {
    const sighted = value.sources[source]
    if (!sighted?.flash || sighted.counter === last) return []
    last = sighted.counter
    return [ptsSec]
  })
}

/** The sound's place against the picture at each second of a source: positive when the sound is late, seconds. */
export interface SyncPoint {
  readonly ptsSec: number
  readonly offsetSec: number
}

/** Pairs each flash with the beep nearest to it; a flash with no beep within 0.4 s has none and is left out. */
export function measureSync(film: Film): readonly (readonly SyncPoint[])[] {
  const { sound } = film
  if (sound === undefined) throw new Error('the film was read without its sound')
  return film.patterns.map((pattern, source) => pairUp(findFlashes(film, source), findBeeps(sound, pattern)))
}

const FARTHEST_PAIR_SEC = 0.4

function pairUp(flashes: readonly number[], beeps: readonly number[]): SyncPoint[] {
  return flashes.flatMap((ptsSec) => {
    const offsetSec = beeps.reduce((best, beep) => (Math.abs(beep - ptsSec) < Math.abs(best) ? beep - ptsSec : best), 9)
    return Math.abs(offsetSec) < FARTHEST_PAIR_SEC ? [{ ptsSec, offsetSec }] : []
  })
}

/** PTS of the first picture, at or after `fromSec`, that satisfies the test; undefined when none does. */
export function firstPicture(film: Film, fromSec: number, test: (still: Still) => boolean): number | undefined {
  return film.pictures.find(({ ptsSec, value }) => ptsSec >= fromSec && test(value))?.ptsSec
}

/** The longest time between two pictures, seconds: 1/fps when the recording has no hole. */
export function longestGapSec(film: Film): number {
  return film.pictures.reduce(
    (gap, { ptsSec }, i) => Math.max(gap, i === 0 ? 0 : ptsSec - (film.pictures[i - 1]?.ptsSec ?? ptsSec)),
    0,
  )
}

/** The q-quantile of the numbers (nearest rank); NaN of none. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}
