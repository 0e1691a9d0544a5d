import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pattern } from '../sources/pattern.ts'
import { measureSync, readFilm } from './film.ts'
import { Timeline } from './timeline.ts'

/** A picture of the recording: the source's frame in it, undefined when it cannot be read. */
export interface RecordedPicture {
  readonly wallMs: number
  readonly counter: number | undefined
}

/** What a recording holds, by wall time, read from its decoded media: takes and holes included. */
export interface RecordedTime {
  readonly pictures: readonly RecordedPicture[]
  /** Wall time of each flash, and by how much the source's beep is late, seconds. */
  readonly sync: readonly { readonly wallMs: number; readonly offsetSec: number }[]
  /** Unbroken parts. */
  readonly parts: readonly { readonly fromMs: number; readonly toMs: number }[]
}

export interface RecordedOptions {
  readonly size: { readonly width: number; readonly height: number }
  readonly pattern: Pattern
  readonly fps: number
}

/** Reads a recording that has ended out of its folder, one part after the other: each has one clock. */
export async function readRecordedTime(dir: string, { size, pattern, fps }: RecordedOptions): Promise<RecordedTime> {
  let pictures: RecordedPicture[] = []
  const sync: { wallMs: number; offsetSec: number }[] = []
  const parts: { fromMs: number; toMs: number }[] = []
  for (const text of continuousParts(await readFile(join(dir, 'index.m3u8'), 'utf8'))) {
    const input = join(dir, `part-${parts.length}.m3u8`)
    await writeFile(input, text)
    const film = await readFilm({ input, size, patterns: [pattern] })
    const timeline = new Timeline(text, film)
    const seen = film.pictures.map(({ ptsSec, value }) => ({
      wallMs: timeline.wallMs(ptsSec),
      counter: value.sources[0]?.counter,
    }))
    const fromMs = seen[0]?.wallMs ?? Number.NaN
    // Where takes overlap the later one counts.
    pictures = [...pictures.filter(({ wallMs }) => wallMs < fromMs - 500 / fps), ...seen]
    parts.push({ fromMs, toMs: (seen.at(-1)?.wallMs ?? Number.NaN) + 1000 / fps })
    const [points = []] = await measureSync(film, input)
    sync.push(...points.map(({ ptsSec, offsetSec }) => ({ wallMs: timeline.wallMs(ptsSec), offsetSec })))
    await rm(input)
  }
  return { pictures, sync, parts }
}

/** The pictures that a clip of this range has, by the rounded times of playlists: a frame that begins at its end is not in it. */
export function picturesBetween(
  { pictures }: RecordedTime,
  { fromMs, toMs, fps }: { readonly fromMs: number; readonly toMs: number; readonly fps: number },
): readonly RecordedPicture[] {
  const halfMs = 500 / fps + 1
  return pictures.filter(({ wallMs }) => wallMs > fromMs - halfMs && wallMs < toMs - halfMs)
}

/** A playlist for each stretch without a discontinuity. */
function continuousParts(index: string): string[] {
  const body = index.search(/^#EXT-X-(DISCONTINUITY|PROGRAM-DATE-TIME|GAP)|^#EXTINF/m)
  const head = index.slice(0, body)
  const parts = index.slice(body).replace('#EXT-X-ENDLIST\n', '').split('#EXT-X-DISCONTINUITY\n')
  return parts.filter((part) => part.includes('#EXTINF')).map((part) => `${head}${part}#EXT-X-ENDLIST\n`)
}
