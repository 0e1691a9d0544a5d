import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
/** A process that only waits is late by milliseconds while the machine has CPU left. */
export const STALL_SEC = 0.3

/** Says how long the machine kept a process waiting that had next to nothing to do: this one. */
export function watchStalls(): { longestSec(): number } & Disposable {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return {
    longestSec: () => Math.max(0, histogram.max / 1e9 - RESOLUTION_MS / 1000),
    [Symbol.dispose]: () => void histogram.disable(),
  }
}
