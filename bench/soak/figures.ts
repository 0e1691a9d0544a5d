import { quantile } from '../../test/kit/index.ts'
import type { RecordedTime } from '../../test/kit/watch/recorded-time.ts'
import { slipAt, unwrap } from '../../test/kit/watch/slip.ts'

/** The offsets at the beginning and at the end are medians over this long. */
const EDGE_MS = 120_000
/** Players become steady within this time. */
const STEADY_AFTER_MS = 10_000

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

/** Frames, hand-overs and lip synchrony of one source of a recording, from its decoded media. */
export function figuresOf({ pictures, sync, parts }: RecordedTime, source: number, fps: number): SourceFigures {
  const fromMs = (pictures[0]?.wallMs ?? 0) + STEADY_AFTER_MS
  const toMs = pictures.at(-1)?.wallMs ?? 0
  const steady = pictures.filter(({ wallMs }) => wallMs >= fromMs)
  const counters = unwrap(steady, source)
  const first = counters[0] ?? 0
  const expected = (counters.at(-1) ?? 0) - first + 1
  const seen = new Set(counters).size
  const points = (sync[source] ?? []).filter(({ wallMs }) => wallMs >= fromMs)
  const median = (isIn: (wallMs: number) => boolean) =>
    1000 *
    quantile(
      points.flatMap(({ wallMs, offsetSec }) => (isIn(wallMs) ? [offsetSec] : [])),
      0.5,
    )
  return {
    present: seen / expected,
    repeated: (counters.length - seen) / counters.length,
    slips: parts.slice(1).map((part) => slipAt(pictures, source, { borderMs: part.fromMs, fps })),
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
