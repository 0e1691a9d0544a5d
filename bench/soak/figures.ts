import { quantile } from '../../test/kit/index.ts'
import { COUNTER_PERIOD } from '../../test/kit/sources/pattern.ts'
import type { RecordedPicture, RecordedTime } from '../../test/kit/watch/recorded-time.ts'

/** The offsets at the beginning and at the end are medians over this long. */
const EDGE_MS = 120_000
/** Players become steady within this time. */
const STEADY_AFTER_MS = 10_000
/** Pictures on each side of a hand-over from which the expected frame is taken: a single late one is the machine's. */
const AROUND = 12

/** What a recording shows of one source. */
export interface SourceFigures {
  /** Of the source's frames between its first and its last. */
  readonly present: number
  /** Pictures that show the frame of the picture before. */
  readonly repeated: number
  /** By how many frames the source continued at another frame than the next, for each hand-over. */
  readonly slips: readonly number[]
  /** By how much its sound is late, milliseconds: medians of the first and the last two minutes, and the p95 of the size of all. */
  readonly offsetMs: { readonly start: number; readonly end: number; readonly p95: number }
}

/** Frames, hand-overs and lip synchrony of a recording, from its decoded media. */
export function figuresOf({ pictures, sync, parts }: RecordedTime, fps: number): SourceFigures {
  const fromMs = (pictures[0]?.wallMs ?? 0) + STEADY_AFTER_MS
  const toMs = pictures.at(-1)?.wallMs ?? 0
  const steady = pictures.filter(({ wallMs }) => wallMs >= fromMs)
  const counters = unwrap(steady)
  const first = counters[0] ?? 0
  const expected = (counters.at(-1) ?? 0) - first + 1
  const seen = new Set(counters).size
  const points = sync.filter(({ wallMs }) => wallMs >= fromMs)
  const median = (isIn: (wallMs: number) => boolean) =>
    1000 *
    quantile(
      points.flatMap(({ wallMs, offsetSec }) => (isIn(wallMs) ? [offsetSec] : [])),
      0.5,
    )
  return {
    present: seen / expected,
    repeated: (counters.length - seen) / counters.length,
    slips: parts.slice(1).map((part) => slipAt(pictures, part.fromMs, fps)),
    offsetMs: {
      start: median((wallMs) => wallMs < fromMs + EDGE_MS),
      end: median((wallMs) => wallMs > toMs - EDGE_MS),
      p95:
        1000 *
        quantile(
          points.map(({ offsetSec }) => Math.abs(offsetSec)),
          0.95,
        ),
    },
  }
}

/** Counters that can be read, without their jumps back to 0. */
function unwrap(pictures: readonly RecordedPicture[]): number[] {
  let before = 0
  let added = 0
  return pictures.flatMap(({ counter }) => {
    if (counter === undefined) return []
    if (counter < before - COUNTER_PERIOD / 2) added += COUNTER_PERIOD
    before = counter
    return [counter + added]
  })
}

/** 0 when no frame is lost or doubled at the hand-over. */
function slipAt(pictures: readonly RecordedPicture[], switchMs: number, fps: number): number {
  const first = pictures.findIndex(({ wallMs }) => wallMs >= switchMs - 500 / fps)
  const around = pictures.slice(Math.max(0, first - AROUND), first + AROUND)
  const counters = unwrap(around)
  if (counters.length < around.length) return Number.NaN
  const lead = (from: number, to: number) =>
    quantile(
      counters.slice(from, to).map((counter, i) => counter - from - i),
      0.5,
    )
  return lead(AROUND, 2 * AROUND) - lead(0, AROUND)
}
