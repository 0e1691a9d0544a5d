import { COUNTER_PERIOD } from '../sources/pattern.ts'
import { quantile } from './film.ts'
import type { RecordedPicture } from './recorded-time.ts'

/** Pictures on each side of a border that say which frame was due: a single late one is the machine's. */
const AROUND = 12

/**
 * By how many frames a source goes on elsewhere than it should behind a border between takes: 0 when none is lost or doubled. NaN when
 * one of the pictures around it does not show the source.
 */
export function slipAt(
  pictures: readonly RecordedPicture[],
  source: number,
  { borderMs, fps }: { readonly borderMs: number; readonly fps: number },
): number {
  const border = pictures.findIndex(({ wallMs }) => wallMs >= borderMs - 500 / fps)
  const around = unwrap(pictures.slice(Math.max(0, border - AROUND), border + AROUND), source)
  if (around.length < 2 * AROUND) return Number.NaN
  const lead = (counters: readonly number[], from: number): number =>
    quantile(
      counters.map((counter, i) => counter - from - i),
      0.5,
    )
  return lead(around.slice(AROUND), AROUND) - lead(around.slice(0, AROUND), 0)
}

/** A source's counters that can be read, without their jumps back to 0. */
export function unwrap(pictures: readonly RecordedPicture[], source: number): number[] {
  let before = 0
  let added = 0
  return pictures.flatMap(({ counters }) => {
    const counter = counters[source]
    if (counter === undefined) return []
    if (counter < before - COUNTER_PERIOD / 2) added += COUNTER_PERIOD
    before = counter
    return [counter + added]
  })
}
