import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pattern } from '../sources/pattern.ts'
import { readFilm } from './film.ts'
import { parsePlaylist } from './playlist-rules.ts'

export const SIZE = { width: 320, height: 180 }
export const FPS = 25
const FRAME_MS = 1000 / FPS
/** Two pictures of a 25 fps film that are further apart have a hole between them. */
const HOLE_MS = 3.5 * FRAME_MS
/** A source that shows no new frame for so long is away. */
const STALE_MS = 700

/** One decoded picture: when it was, and which frame each source showed in it. */
export interface Picture {
  readonly wallMs: number
  readonly counters: readonly (number | undefined)[]
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** A whole recording, decoded. */
interface Recorded {
  readonly pictures: readonly Picture[]
  /** What the playlist or a segment of it breaks. */
  readonly faults: readonly string[]
}

/**
 * Fetches and decodes every stretch of a recording that is one stream: from one discontinuity or gap to the next. The wall
 * time of its first picture is the playlist's, that of the others follows by their PTS.
 */
export async function readRecording(url: string, patterns: readonly Pattern[], folder: string): Promise<Recorded> {
  const text = await fetchText(url)
  const { playlist, faults } = parsePlaylist(text)
  const found = [...faults]
  const pictures: Picture[] = []
  if (playlist?.endlist !== true) found.push('the playlist of an ended recording is open')
  let stretch: { uri: string; atMs: number }[] = []
  const flush = async () => {
    const [first] = stretch
    if (first !== undefined) {
      const { items, complaints } = await readStretch(
        stretch.map(({ uri }) => uri),
        patterns,
        folder,
      ).catch((error: unknown) => ({ items: [], complaints: [String(error)] }))
      found.push(...complaints.map((complaint) => `${first.uri}: ${complaint}`))
      const [start] = items
      for (const { ptsSec, counters } of items) {
        pictures.push({ wallMs: first.atMs + (ptsSec - (start?.ptsSec ?? 0)) * 1000, counters })
      }
    }
    stretch = []
  }
  for (const segment of playlist?.segments ?? []) {
    if (segment.discontinuity || segment.gap) await flush()
    if (segment.gap) continue
    stretch.push({ uri: new URL(segment.uri, url).href, atMs: segment.programDateTime?.getTime() ?? Number.NaN })
  }
  await flush()
  return { pictures, faults: found }
}

async function readStretch(uris: readonly string[], patterns: readonly Pattern[], folder: string) {
  const input = join(folder, 'stretch.ts')
  await writeFile(input, Buffer.concat(await Promise.all(uris.map(fetchBytes))))
  const film = await readFilm({ input, size: SIZE, patterns })
  const items = film.pictures.map(({ ptsSec, value }) => ({
    ptsSec,
    counters: value.sources.map(({ counter }) => counter),
  }))
  return { items, complaints: film.complaints }
}

/** Wall time without any picture, between the first and the last. */
export function holesOf(pictures: readonly Picture[]): readonly Span[] {
  const holes: Span[] = []
  let newestMs = pictures[0]?.wallMs ?? 0
  for (const { wallMs } of pictures) {
    if (wallMs - newestMs > HOLE_MS) holes.push({ fromMs: newestMs + FRAME_MS, toMs: wallMs })
    newestMs = Math.max(newestMs, wallMs)
  }
  return holes
}

/** Wall time that a viewer sees again: pictures of a moment that the recording had reached before. */
export function doublesOf(pictures: readonly Picture[]): readonly Span[] {
  const doubles: Span[] = []
  let newestMs = Number.NEGATIVE_INFINITY
  for (const { wallMs } of pictures) {
    if (wallMs < newestMs + FRAME_MS / 2) doubles.push({ fromMs: wallMs, toMs: wallMs + FRAME_MS })
    newestMs = Math.max(newestMs, wallMs)
  }
  return doubles
}

/** Wall time in which the source showed no new frame, between the first picture and the last. */
export function absencesOf(pictures: readonly Picture[], source: number): readonly Span[] {
  const absences: Span[] = []
  let seen: number | undefined
  let newestMs = pictures[0]?.wallMs ?? 0
  for (const { wallMs, counters } of pictures) {
    const counter = counters[source]
    if (counter === undefined || counter === seen) continue
    if (wallMs - newestMs > STALE_MS) absences.push({ fromMs: newestMs, toMs: wallMs })
    seen = counter
    newestMs = Math.max(newestMs, wallMs)
  }
  const endMs = pictures.at(-1)?.wallMs ?? 0
  return endMs - newestMs > STALE_MS ? [...absences, { fromMs: newestMs, toMs: Number.POSITIVE_INFINITY }] : absences
}

export function lengthSec(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1000, 0)
}

async function fetchText(url: string): Promise<string> {
  return (await fetchBytes(url)).toString()
}

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}
