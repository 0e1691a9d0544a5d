import { AppError, type PageStats, type ToPage } from '../../protocol/index.ts'
import { repeat } from '../../timing/index.ts'
import { createMemoryJudge } from './judge-memory.ts'
import { createOutputJudge } from './judge-output.ts'

interface WatchdogOptions {
  readonly send: (message: ToPage) => void
  readonly onFailed: (error: AppError) => void
  /** Called with a fault in what is recorded that another take would not mend. */
  readonly onWarning: (error: AppError) => void
  /** Called with every measure of a memory that is too high, or climbs. */
  readonly onHighMemory: () => void
  /** The limits; tests shorten them. */
  readonly limits?: Partial<WatchdogLimits>
}

interface WatchdogLimits {
  /** From the launch to the first picture. */
  readonly startMs: number
  readonly silenceMs: number
  readonly pongMs: number
  readonly everyMs: number
}

/** Ends a take whose page no longer does its work, and warns of what is wrong with the work that it does. */
export interface Watchdog extends Disposable {
  onVideo(): void
  onPong(): void
  onStats(stats: PageStats): void
  /** Takes the memory of the recorder and its Chrome. */
  onMemory(bytes: number): void
  /** While the take is paused no picture is due, and no output is judged. */
  setPaused(isPaused: boolean): void
}

/**
 * Pictures come every 40 ms, and a page that makes up for a stall gives up ticks after 0.4 s, so 2 s without one is a page
 * that stands. As long as pictures come nothing is lost, so an answer may take longer: opening a source on a busy machine
 * has blocked a page for 2 s.
 */
const WATCHDOG_LIMITS: WatchdogLimits = { startMs: 30_000, silenceMs: 2_000, pongMs: 5_000, everyMs: 250 }
/** A check that comes later than this many periods means that the recorder itself did not run: that time is not the page's fault. */
const LATE_TICKS = 2

/** Applies the start limit at once, and the limits of a running take from its first picture on. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const limits = { ...WATCHDOG_LIMITS, ...options.limits }
  const output = createOutputJudge()
  const memory = createMemoryJudge()
  const waits = { startMs: 0, videoMs: 0, pongMs: 0 }
  let hasVideo = false
  let isPaused = false
  let nonce = 0
  let tickedAtMs = performance.now()
  function check(): void {
    const nowMs = performance.now()
    const elapsedMs = Math.min(nowMs - tickedAtMs, LATE_TICKS * limits.everyMs)
    tickedAtMs = nowMs
    if (!hasVideo) waits.startMs += elapsedMs
    else if (!isPaused) waits.videoMs += elapsedMs
    if (hasVideo) waits.pongMs += elapsedMs
    const error = judge(waits, limits)
    if (error !== undefined) return fail(error)
    nonce += 1
    options.send({ type: 'ping', nonce })
  }
  const checks = repeat({ everyMs: limits.everyMs, work: check })
  function fail(error: AppError): void {
    checks[Symbol.dispose]()
    options.onFailed(error)
  }
  return {
    onVideo() {
      hasVideo = true
      waits.videoMs = 0
    },
    onPong() {
      waits.pongMs = 0
    },
    onStats(stats) {
      if (!isPaused) output.judge(stats).forEach(options.onWarning)
    },
    onMemory(bytes) {
      const { isHigh, warning, end } = memory.judge(bytes, performance.now())
      if (end !== undefined) return fail(end)
      if (warning !== undefined) options.onWarning(warning)
      if (isHigh) options.onHighMemory()
    },
    setPaused(asked) {
      isPaused = asked
      waits.videoMs = 0
    },
    [Symbol.dispose]: () => checks[Symbol.dispose](),
  }
}

function judge(
  waits: { readonly startMs: number; readonly videoMs: number; readonly pongMs: number },
  limits: WatchdogLimits,
): AppError | undefined {
  if (waits.startMs >= limits.startMs) {
    return new AppError('recorder.start-timeout', `No picture came within ${limits.startMs / 1000} s of the launch`)
  }
  if (waits.videoMs >= limits.silenceMs) {
    return new AppError('page.no-packets', `The recorder page sent no picture for ${limits.silenceMs / 1000} s`)
  }
  if (waits.pongMs >= limits.pongMs) {
    return new AppError('page.unresponsive', `The recorder page did not answer for ${limits.pongMs / 1000} s`)
  }
  return undefined
}
