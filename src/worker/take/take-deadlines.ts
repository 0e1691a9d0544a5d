import { isStopped } from '../../machine/index.ts'
import type { AppError, RecorderEvent } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { TakeTimes } from '../worker-times.ts'
import type { Wishes } from './process-control.ts'
import type { RecorderProcess } from './recorder-process.ts'
import { startTimeout, unresponsive } from './take-errors.ts'
import { watchSilence } from './watch-silence.ts'

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
