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

/**
 * Pictures come every 40 ms, and a page that makes up for a stall gives up ticks after 0.4 s, so 2 s without one is a page
 * that stands. As long as pictures come nothing is lost, so an answer may take longer: opening a source on a busy machine
 * has blocked a page for 2 s.
 */
const WATCHDOG_LIMITS: WatchdogLimits = { startMs: 30_000, silenceMs: 2_000, pongMs: 5_000, everyMs: 250 }
/** A check that comes later than this many periods means that the recorder itself did not run: that time is not the page's fault. */
const LATE_TICKS = 2

/**
 * Ends a take whose page no longer does its work, and warns of what is wrong with the work that it does. The start limit applies at
 * once, the limits of a running take from its first picture on.
 */
export class Watchdog implements Disposable {
  readonly #options: WatchdogOptions
  readonly #limits: WatchdogLimits
  readonly #output = createOutputJudge()
  readonly #memory = createMemoryJudge()
  readonly #waits = { startMs: 0, videoMs: 0, pongMs: 0 }
  readonly #checks: Disposable
  #hasVideo = false
  #isPaused = false
  #nonce = 0
  #checkedAtMs = performance.now()

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#limits = { ...WATCHDOG_LIMITS, ...options.limits }
    this.#checks = repeat({ everyMs: this.#limits.everyMs, work: () => this.#check() })
  }

  onVideo(): void {
    this.#hasVideo = true
    this.#waits.videoMs = 0
  }

  onPong(): void {
    this.#waits.pongMs = 0
  }

  onStats(stats: PageStats): void {
    if (!this.#isPaused) this.#output.judge(stats).forEach(this.#options.onWarning)
  }

  /** Takes the memory of the recorder and its Chrome. */
  onMemory(bytes: number): void {
    const { isHigh, warning, end } = this.#memory.judge(bytes, performance.now())
    if (end !== undefined) return this.#fail(end)
    if (warning !== undefined) this.#options.onWarning(warning)
    if (isHigh) this.#options.onHighMemory()
  }

  /** While the take is paused no picture is due, and no output is judged. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#waits.videoMs = 0
  }

  [Symbol.dispose](): void {
    this.#checks[Symbol.dispose]()
  }

  #check(): void {
    this.#countElapsed()
    const error = judge(this.#waits, this.#limits)
    if (error !== undefined) return this.#fail(error)
    this.#nonce += 1
    this.#options.send({ type: 'ping', nonce: this.#nonce })
  }

  #countElapsed(): void {
    const nowMs = performance.now()
    const elapsedMs = Math.min(nowMs - this.#checkedAtMs, LATE_TICKS * this.#limits.everyMs)
    this.#checkedAtMs = nowMs
    if (!this.#hasVideo) this.#waits.startMs += elapsedMs
    else if (!this.#isPaused) this.#waits.videoMs += elapsedMs
    if (this.#hasVideo) this.#waits.pongMs += elapsedMs
  }

  #fail(error: AppError): void {
    this[Symbol.dispose]()
    this.#options.onFailed(error)
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
