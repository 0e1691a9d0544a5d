import { isStopped } from '../../machine/index.ts'
import type { AppError, RecorderEvent } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { after } from '../../timing/index.ts'
import type { RecorderProcess } from '../spares/waiting-recorder.ts'
import type { TakeTimes } from '../worker-times.ts'
import type { ControlSignals } from './process-control.ts'
import { startTimeout, unresponsive } from './take-errors.ts'
import { SilenceWatch } from './watch-silence.ts'

interface DeadlineOptions {
  readonly recorder: Pick<RecorderProcess, 'pid' | 'terminate' | 'release' | 'kill'>
  readonly times: TakeTimes
  /** The take waits to take over. */
  readonly isStandby: boolean
  readonly interrupt: (error: AppError) => void
  readonly logger: Logger
}

/**
 * The deadlines of a recorder, from its spawn on: one that misses one is killed. The time to start begins now; the silence counts
 * from the first picture. Once the recorder is abandoned, or this is disposed, it has no deadlines and no signal has an effect.
 */
export class TakeDeadlines implements ControlSignals, Disposable {
  readonly #options: DeadlineOptions
  readonly #timers = new DisposableStack()
  readonly #silence: SilenceWatch
  #isStarted = false
  #isEnding = false

  constructor(options: DeadlineOptions) {
    this.#options = options
    const { recorder, times, isStandby } = options
    this.#silence = this.#timers.use(
      new SilenceWatch({
        silenceMs: times.silenceMs,
        doubtMs: times.stoppedMs,
        checkMs: times.silenceCheckMs,
        isMute: () => isStopped(recorder.pid),
        onSilence: (silentMs) => {
          options.interrupt(unresponsive(silentMs))
          this.#kill()
        },
      }),
    )
    const startMs = isStandby ? times.standbyMs : times.startMs
    this.#after(startMs, () => {
      if (this.#isStarted) return
      options.interrupt(startTimeout(startMs))
      this.terminate()
    })
  }

  onEvent({ type }: RecorderEvent): void {
    if (type === 'started' || type === 'finalizing') this.#isStarted = true
    if (this.#isStarted) this.#silence.onMessage()
    if (type === 'failing') this.stop()
    if (type === 'finalizing' || type === 'failing' || type === 'ended') this.#silence[Symbol.dispose]()
  }

  stop(): void {
    if (this.#isEnding || this.#timers.disposed) return
    this.#isEnding = true
    this.#after(this.#options.times.stopMs, () => this.#kill())
  }

  handOver(): void {
    this.#silence[Symbol.dispose]()
    this.stop()
  }

  terminate(): void {
    if (this.#timers.disposed) return
    this.#options.recorder.terminate()
    this.#after(this.#options.times.terminateMs, () => this.#kill())
  }

  abandon(): void {
    this.#timers.dispose()
    this.#options.recorder.release()
  }

  #after(ms: number, act: () => void): void {
    this.#timers.use(after(ms, act))
  }

  #kill(): void {
    const { logger, recorder } = this.#options
    logger.error({ pid: recorder.pid }, 'the recorder does not end in time and is killed')
    recorder.kill()
  }

  [Symbol.dispose](): void {
    this.#timers.dispose()
  }
}
