import { Counter, Histogram, type Registry } from 'prom-client'
import { outcomeLabel } from './labels.ts'

/** The figures of highlights. Times count from the end of the post-roll, or from the trigger where that came later. */
export interface HighlightMetrics {
  observePlayable(afterMs: number): void
  /** `ready`, or the error's code. */
  observeHighlight(outcome: string): void
  observeReady(afterMs: number): void
}

/** Finest around what is aimed at: half a second to a playlist, two seconds to a clip. */
const SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 120]

/** Registers the figures of highlights. */
export function createHighlightMetrics(registry: Registry): HighlightMetrics {
  const registers = [registry]
  const highlights = new Counter({
    name: 'panorec_highlights_total',
    help: 'Highlights ended, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const playable = new Histogram({
    name: 'panorec_highlight_playable_seconds',
    help: 'From the end of the post-roll to the playlist of the clip',
    buckets: SECONDS,
    registers,
  })
  const ready = new Histogram({
    name: 'panorec_highlight_ready_seconds',
    help: 'From the end of the post-roll to the exact clip',
    buckets: SECONDS,
    registers,
  })
  return {
    observePlayable: (afterMs) => playable.observe(afterMs / 1000),
    observeReady: (afterMs) => ready.observe(afterMs / 1000),
    observeHighlight: (outcome) => highlights.inc({ outcome: outcomeLabel(outcome, 'ready') }),
  }
}
