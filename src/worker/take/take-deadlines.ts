import { isStopped } from '../../machine/index.ts'
import type { AppError, RecorderEvent } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Wishes } from './process-control.ts'
import type { RecorderProcess } from './recorder-process.ts'
import { startTimeout, unresponsive } from './take-errors.ts'
import { watchSilence } from './watch-silence.ts'

export interface TakeTimes {
  /** From the spawn to the first picture. */
  readonly startMs: number
  /** The same for a standby take, which waits to take over. */
  readonly standbyMs: number
  /** From a stop or a failure to the end of the process; then it is killed. Longer than a recorder waits for its store. */
  readonly stopMs: number
  /** The same when the worker itself stops, or the recorder did not start in time. */
  readonly terminateMs: number
  /** How long it goes on after its worker was told to stop, for another worker's first picture. */
  readonly handOverMs: number
  /** A running recorder that says nothing for so long is dead: it reports its figures every two seconds. */
  readonly silenceMs: number
  /** The same for one whose process is stopped. */
  readonly stoppedMs: number
}
export const DEFAULT_TAKE_TIMES: TakeTimes = {
  startMs: 30_000,
  standbyMs: 60_000,
  stopMs: 40_000,
  terminateMs: 10_000,
  handOverMs: 20_000,
  silenceMs: 15_000,
  stoppedMs: 2_500,
}

export interface DeadlineOptions {
  readonly recorder: Pick<RecorderProcess, 'pid' | 'terminate' | 'release' | 'kill'>
  readonly times: TakeTimes
  /** The take waits to take over. */
  readonly isStandby: boolean
  readonly interrupt: (error: AppError) => void
  readonly logger: Logger
}

/**
 * The times that a recorder has, from its spawn on: one that misses its time is killed. Once it is abandoned or disposed it
 * has none any more, and no wish has an effect.
 */
export interface Deadlines extends Wishes, Disposable {
  see(event: RecorderEvent): void
}

/** The time to start begins now; the silence counts from the first picture. */
export function watchDeadlines({ recorder, times, isStandby, interrupt, logger }: DeadlineOptions): Deadlines {
  const timers = new DisposableStack()
  let started = false
  let killing = false

  const after = (ms: number, act: () => void) => void timers.adopt(setTimeout(act, ms), clearTimeout)
  const kill = (): void => {
    logger.error({ pid: recorder.pid }, 'the recorder does not end in time and is killed')
    recorder.kill()
  }
  const stop = (): void => {
    if (killing || timers.disposed) return
    killing = true
    after(times.stopMs, kill)
  }
  const terminate = (): void => {
    if (timers.disposed) return
    recorder.terminate()
    after(times.terminateMs, kill)
  }
  const silence = timers.use(
    watchSilence({
      silenceMs: times.silenceMs,
      doubtMs: times.stoppedMs,
      isMute: () => isStopped(recorder.pid),
      onSilence(silentMs) {
        interrupt(unresponsive(silentMs))
        kill()
      },
    }),
  )
  const startMs = isStandby ? times.standbyMs : times.startMs
  after(startMs, () => {
    if (started) return
    interrupt(startTimeout(startMs))
    terminate()
  })
  return {
    see({ type }) {
      if (type === 'started' || type === 'finalizing') started = true
      if (started) silence.heard()
      if (type === 'failing') stop()
      if (type === 'finalizing' || type === 'failing' || type === 'ended') silence.stop()
    },
    stop,
    handOver() {
      silence.stop()
      stop()
    },
    terminate,
    abandon() {
      timers.dispose()
      recorder.release()
    },
    [Symbol.dispose]: () => timers.dispose(),
  }
}
