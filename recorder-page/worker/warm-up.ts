import { nowMs } from '../clock.ts'
import { type Stage, TickClock, tileSizes } from '../compositor/index.ts'
import type { FromWorker } from './messages.ts'

const REPORT_EVERY_TICKS = 8

export interface WarmUpOptions {
  readonly stage: Stage
  readonly fps: number
  /** A tick of the grid, on the page's clock. */
  readonly gridMs: number
  readonly tell: (message: FromWorker) => void
}

/**
 * Plays the stage on the grid of the take that is to come, without drawing: tiles move, chat comes and goes, sources are paced.
 * So the first picture is the next one of the other page's, and not the first of a scene.
 */
export class WarmUp implements Disposable {
  readonly #clock: TickClock
  #untilMs = Number.POSITIVE_INFINITY

  constructor({ stage, fps, gridMs, tell }: WarmUpOptions) {
    const tickMs = 1000 / fps
    const startMs = gridMs + Math.ceil((nowMs() - gridMs) / tickMs) * tickMs
    this.#clock = new TickClock({
      fps,
      startMs,
      now: nowMs,
      onTick: ({ index, atMs }) => {
        if (atMs > this.#untilMs - tickMs / 2) {
          stage.unfreezePacing()
          return this[Symbol.dispose]()
        }
        stage.advance(atMs)
        const plan = stage.plan(atMs)
        if (index % REPORT_EVERY_TICKS !== 0) return
        tell({ type: 'tiles', sizes: tileSizes(plan) })
        tell({ type: 'pacing', delaysMs: stage.soundDelaysMs, dueMs: stage.dueMs })
      },
    })
  }

  /** The tick at this time is the take's own. */
  endAt(atMs: number): void {
    this.#untilMs = atMs
  }

  [Symbol.dispose](): void {
    this.#clock[Symbol.dispose]()
  }
}
