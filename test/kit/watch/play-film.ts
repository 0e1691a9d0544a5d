import { join } from 'node:path'
import {
  blockRect,
  COLUMNS,
  decodeCounter,
  PANEL,
  PATTERN_FPS,
  type Pattern,
  type Rect,
  ROWS,
} from '../sources/pattern.ts'
import { launchChrome } from './chrome.ts'

/** What Chrome showed of a film that a pattern fills. */
interface Showing {
  /** Of the video element, should it have failed. */
  readonly errors: readonly string[]
  readonly ended: boolean
  readonly durationSec: number
  /** Pictures that were decoded. */
  readonly frames: number
  /** The frame that a canvas gets before the film plays. */
  readonly first: ShownFrame
  /** Each frame that was on the screen while it played; a busy machine may leave some out. */
  readonly shown: readonly ShownFrame[]
  /** Each picture of the film, after a seek to its middle. */
  readonly stepped: readonly ShownFrame[]
}

interface ShownFrame {
  readonly mediaSec: number
  /** Undefined when it is not to be read. */
  readonly counter: number | undefined
}

type Seen = { readonly mediaSec: number; readonly luma: readonly number[] }

/** A film that should have ended by now and has not is stuck. */
const LONGEST_PLAY_MS = 60_000

/**
 * Plays an MP4 in a plain `<video>` of a real Chrome, to its end, and reads the counter of every frame it shows. `panel` is where the
 * counter's blocks are, in fractions of the picture; without it the pattern fills the film.
 */
export async function playFilmInChrome(url: string, pattern: Pattern, panel: Rect = PANEL): Promise<Showing> {
  await using browser = await launchChrome()
  const page = await browser.newPage()
  page.setDefaultTimeout(2 * LONGEST_PLAY_MS)
  await page.setContent('<video playsinline crossorigin="anonymous"></video>')
  await page.addScriptTag({ path: join(import.meta.dirname, './pages/film.js') })
  const places = Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    const { x, y, width, height } = blockRect(panel, i)
    return { x: x + width / 2, y: y + height / 2 }
  })
  const settings = JSON.stringify({ places, longestMs: LONGEST_PLAY_MS, fps: PATTERN_FPS })
  const found = (await page.evaluate(`playFilm(${JSON.stringify(url)}, ${settings})`)) as Omit<
    Showing,
    'first' | 'shown' | 'stepped'
  > & { readonly first: Seen; readonly shown: readonly Seen[]; readonly stepped: readonly Seen[] }
  const read = ({ mediaSec, luma }: Seen): ShownFrame => ({
    mediaSec,
    counter: decodeCounter(
      luma.map((value) => value > 127),
      pattern.index,
    ),
  })
  return { ...found, first: read(found.first), shown: found.shown.map(read), stepped: found.stepped.map(read) }
}
