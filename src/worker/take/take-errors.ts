import type { ChildExit } from '../../machine/index.ts'
import { AppError } from '../../protocol/index.ts'
import { describeExit } from '../describe-exit.ts'

/** The process ended without its last event; its exit and the end of its standard error are all that is known. */
export function crashed(exit: ChildExit): AppError {
  const { how, lastWords, details } = describeExit(exit)
  const message = `The recorder process ended ${how}; what it had stored plays.${lastWords}`
  return new AppError('recorder.crashed', message, { details })
}

/** The process lives and sends no message: it is stopped, or does not get any CPU. */
export function unresponsive(silenceMs: number): AppError {
  return new AppError(
    'recorder.unresponsive',
    `The recorder process said nothing for ${(silenceMs / 1000).toFixed(1)} s.`,
  )
}

/** The worker ends; the recording goes on with its next take. */
export function stopping(): AppError {
  return new AppError('service.stopping', 'The service was stopped in the middle of this take.')
}

/** Chrome, the page or the encoder kept the first picture from coming. */
export function startTimeout(startMs: number): AppError {
  return new AppError(
    'recorder.start-timeout',
    `The recorder had no first picture after ${startMs / 1000} s: look at its log for what it waited for.`,
  )
}
