import { nowMs } from '../clock.ts'
import { type LiveScene, TickClock, tileSizes } from '../compositor/index.ts'
import type { FromWorker } from './messages.ts'

const REPORT_EVERY_TICKS = 8

interface WarmUpOptions {
  readonly scene: LiveScene
  readonly fps: number
  /** The time of any tick of the running take, on the page's clock. */
  readonly gridMs: number
  readonly send: (message: FromWorker) => void
}

/**
 * Advances the scene of a standby take on the running take's grid, without drawing: tiles move, chat comes and goes, sources
 * are paced. So the standby take's first picture continues the running take's last one.
 */
export class WarmUp implements Disposable {
  readonly #clock: TickClock
  #untilMs = Number.POSITIVE_INFINITY

  constructor({ scene, fps, gridMs, send }: WarmUpOptions) {
    const tickMs = 1000 / fps
    const startMs = gridMs + Math.ceil((nowMs() - gridMs) / tickMs) * tickMs
    this.#clock = new TickClock({
      fps,
      startMs,
      now: nowMs,
      onTick: ({ index, atMs }) => {
        if (atMs > this.#untilMs - tickMs / 2) {
          scene.unfreezePacing()
          return this[Symbol.dispose]()
        }
        scene.advance(atMs)
        const plan = scene.plan(atMs)
        if (index % REPORT_EVERY_TICKS !== 0) return
        send({ type: 'tiles', sizes: tileSizes(plan) })
        send({ type: 'pacing', delaysMs: scene.soundDelaysMs, mediaZeroMs: scene.mediaZeroMs })
      },
    })
  }

  /** Ends before the tick at this time, which is the take's first. */
  endAt(atMs: number): void {
    this.#untilMs = atMs
  }

  [Symbol.dispose](): void {
    this.#clock[Symbol.dispose]()
  }
}
