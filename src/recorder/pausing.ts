import type { Packet, RecorderEvent, ToPage } from '../protocol/index.ts'
import type { Watchdog } from './health/watchdog.ts'

export interface PausingOptions {
  /** The take begins paused. */
  readonly isPaused: boolean
  readonly send: (message: Extract<ToPage, { type: 'pause' | 'resume' }>) => void
  readonly emit: (event: Extract<RecorderEvent, { type: 'paused' | 'resumed' }>) => void
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  readonly watchdog: () => Watchdog | undefined
}

/** The pauses of one take: asked for by commands, true as soon as the packets of the page tell so. */
export interface Pausing {
  /** Looks at every packet of pictures, and of pauses. */
  see(packet: Packet): void
  /** Resolves when everything before the pause, or the first picture after it, is in; at once when it is so already. */
  set(isPaused: boolean): Promise<void>
  /** How long the take stood still before the newest packet, microseconds. */
  readonly pausedUs: number
  /** How long it stood still before this wall time, milliseconds. */
  pausedMsBefore(atMs: number): number
}

/** Pauses are told in the order in which the page makes them. */
export function createPausing(options: PausingOptions): Pausing {
  const { send, emit, takeEpochMs, watchdog } = options
  const pauses: { readonly fromUs: number; toUs: number }[] = []
  const steps: { readonly isPaused: boolean; readonly resolve: () => void }[] = []
  let expected = options.isPaused
  let last = Promise.resolve()
  let open: (typeof pauses)[number] | undefined
  let epochMs = 0
  let pausedUs = 0
  void takeEpochMs.then((ms) => {
    epochMs = ms
  })

  function turn(isPaused: boolean, timestampUs: number): void {
    const step = steps[0]?.isPaused === isPaused ? steps.shift() : undefined
    const type = isPaused ? 'paused' : 'resumed'
    void takeEpochMs.then((ms) => {
      // Before the answer to the order, which does not know the exact time.
      emit({ type, at: new Date(Math.round(ms + timestampUs / 1000)).toISOString() })
      step?.resolve()
    })
  }

  return {
    see({ kind, timestampUs }) {
      if (kind === 'pause' && open === undefined) {
        open = { fromUs: timestampUs, toUs: Number.POSITIVE_INFINITY }
        pauses.push(open)
        watchdog()?.rest(expected)
        turn(true, timestampUs)
      } else if (kind === 'video' && open !== undefined) {
        open.toUs = timestampUs
        pausedUs += timestampUs - open.fromUs
        open = undefined
        turn(false, timestampUs)
      }
    },
    set(isPaused) {
      if (expected === isPaused) return last
      const { promise, resolve } = Promise.withResolvers<void>()
      expected = isPaused
      steps.push({ isPaused, resolve })
      last = promise
      if (!isPaused) watchdog()?.rest(false)
      send({ type: isPaused ? 'pause' : 'resume' })
      return promise
    },
    get pausedUs() {
      return pausedUs
    },
    pausedMsBefore(atMs) {
      const atUs = (atMs - epochMs) * 1000
      const sumUs = pauses.reduce((sum, { fromUs, toUs }) => sum + Math.max(0, Math.min(atUs, toUs) - fromUs), 0)
      return sumUs / 1000
    },
  }
}
