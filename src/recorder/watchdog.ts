import { AppError, type ToPage } from '../protocol/index.ts'

export interface WatchdogOptions {
  readonly send: (message: ToPage) => void
  readonly onFailed: (error: AppError) => void
  /** The limits; tests shorten them. */
  readonly limits?: Partial<WatchdogLimits>
}

export interface WatchdogLimits {
  /** From the launch to the first picture. */
  readonly startMs: number
  readonly silenceMs: number
  readonly pongMs: number
  readonly everyMs: number
}

/** Ends a take whose page no longer does its work. */
export interface Watchdog extends Disposable {
  sawVideo(): void
  sawPong(): void
}

export const WATCHDOG_LIMITS: WatchdogLimits = { startMs: 30_000, silenceMs: 5_000, pongMs: 10_000, everyMs: 1_000 }

/** Begins with the start limit; the limits of a running take count from its first picture. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const limits = { ...WATCHDOG_LIMITS, ...options.limits }
  const launchedAtMs = performance.now()
  let videoAtMs: number | undefined
  let pongAtMs = launchedAtMs
  let nonce = 0
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const error = judge({ nowMs, launchedAtMs, videoAtMs, pongAtMs, limits })
    if (error !== undefined) {
      clearInterval(timer)
      options.onFailed(error)
      return
    }
    nonce += 1
    options.send({ type: 'ping', nonce })
  }, limits.everyMs)
  return {
    sawVideo() {
      if (videoAtMs === undefined) pongAtMs = performance.now()
      videoAtMs = performance.now()
    },
    sawPong() {
      pongAtMs = performance.now()
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function judge(state: {
  readonly nowMs: number
  readonly launchedAtMs: number
  readonly videoAtMs: number | undefined
  readonly pongAtMs: number
  readonly limits: WatchdogLimits
}): AppError | undefined {
  const { nowMs, launchedAtMs, videoAtMs, pongAtMs, limits } = state
  if (videoAtMs === undefined) {
    if (nowMs - launchedAtMs < limits.startMs) return undefined
    return new AppError('recorder.start-timeout', `No picture came within ${limits.startMs / 1000} s of the launch`)
  }
  if (nowMs - videoAtMs >= limits.silenceMs) {
    return new AppError('page.no-packets', `The recorder page sent no picture for ${limits.silenceMs / 1000} s`)
  }
  if (nowMs - pongAtMs >= limits.pongMs) {
    return new AppError('page.unresponsive', `The recorder page did not answer for ${limits.pongMs / 1000} s`)
  }
  return undefined
}
