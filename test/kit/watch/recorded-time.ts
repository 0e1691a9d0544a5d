import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pattern } from '../sources/pattern.ts'
import type { Size } from './decode.ts'
import { type Film, measureSync, readFilm } from './film.ts'
import { Timeline } from './timeline.ts'

/** A picture of the recording: each source's frame in it, undefined where it cannot be read. */
export interface RecordedPicture {
  readonly wallMs: number
  readonly counters: readonly (number | undefined)[]
}

/** A stretch on one clock, without a discontinuity. */
export interface RecordedPart {
  readonly fromMs: number
  readonly toMs: number
  readonly film: Film
}

/** What a recording holds, by wall time, read from its decoded media: takes and holes included. */
export interface RecordedTime {
  readonly pictures: readonly RecordedPicture[]
  /** Of each source: wall time of each flash, and by how much its beep is late, seconds. */
  readonly sync: readonly (readonly { readonly wallMs: number; readonly offsetSec: number }[])[]
  readonly parts: readonly RecordedPart[]
}

interface RecordedOptions {
  readonly size: Size
  readonly patterns: readonly Pattern[]
  readonly fps: number
}

/** Reads a recording that has ended out of its folder, one part after the other: each has one clock. */
export async function readRecordedTime(dir: string, { size, patterns, fps }: RecordedOptions): Promise<RecordedTime> {
  let pictures: RecordedPicture[] = []
  const sync = patterns.map((): { wallMs: number; offsetSec: number }[] => [])
  const parts: RecordedPart[] = []
  const own = await mkdtemp(join(tmpdir(), 'panorec-parts-'))
  try {
    for (const text of continuousParts(await readFile(join(dir, 'index.m3u8'), 'utf8'))) {
      const input = join(own, 'part.m3u8')
      await writeFile(input, text.replaceAll(/^(?=takes\/)/gm, `${dir}/`))
      const film = await readFilm({ input, size, patterns, sound: true })
      const timeline = new Timeline(text, film)
      const seen = film.pictures.map(({ ptsSec, value }) => ({
        wallMs: timeline.wallMs(ptsSec),
        counters: value.sources.map(({ counter }) => counter),
      }))
      const fromMs = seen[0]?.wallMs ?? Number.NaN
      // Where takes overlap the later one counts.
      pictures = [...pictures.filter(({ wallMs }) => wallMs < fromMs - 500 / fps), ...seen]
      parts.push({ fromMs, toMs: (seen.at(-1)?.wallMs ?? Number.NaN) + 1000 / fps, film })
      for (const [source, points] of measureSync(film).entries()) {
        sync[source]?.push(...points.map(({ ptsSec, offsetSec }) => ({ wallMs: timeline.wallMs(ptsSec), offsetSec })))
      }
    }
  } finally {
    await rm(own, { recursive: true, force: true })
  }
  return { pictures, sync, parts }
}

/** The pictures that a clip of this range has, by the rounded times of playlists: a frame that begins at its end is not in it. */
export function picturesBetween(
  { pictures }: Pick<RecordedTime, 'pictures'>,
  { fromMs, toMs, fps }: { readonly fromMs: number; readonly toMs: number; readonly fps: number },
): readonly RecordedPicture[] {
  const halfMs = 500 / fps + 1
  return pictures.filter(({ wallMs }) => wallMs > fromMs - halfMs && wallMs < toMs - halfMs)
}

/** A playlist for each stretch without a discontinuity. */
export function continuousParts(index: string): string[] {
  const body = index.search(/^#EXT-X-(DISCONTINUITY|PROGRAM-DATE-TIME|GAP)|^#EXTINF/m)
  const head = index.slice(0, body)
  const parts = index.slice(body).replace('#EXT-X-ENDLIST\n', '').split('#EXT-X-DISCONTINUITY\n')
  return parts.filter((part) => part.includes('#EXTINF')).map((part) => `${head}${part}#EXT-X-ENDLIST\n`)
}
