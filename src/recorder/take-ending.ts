import { type AppError, ASKED_FOR, type EndReason } from '../protocol/index.ts'
import { after } from '../timing/index.ts'

/** `error` is set exactly when `reason` is `failed`. */
export interface Ending {
  readonly reason: EndReason
  readonly error: AppError | null
}

/** True for an end that closes the recording; after any other the next take goes on with it. */
export function isAskedFor({ reason }: Ending): boolean {
  return ASKED_FOR.has(reason)
}

/** A dying Chrome loses its page and its links first; its own end is noticed at most this much later. */
const CHROME_NEWS_MS = 300

/** Decides why the take ends: the first reason wins. Only a lost page waits a moment for a lost Chrome, which explains it. */
export interface EndingSwitch {
  readonly end: (reason: Exclude<EndReason, 'failed'>) => void
  readonly fail: (error: AppError) => void
  readonly ended: Promise<Ending>
  /** Aborted as soon as there is a reason. */
  readonly signal: AbortSignal
}

export function createEndingSwitch(terminate: AbortSignal): EndingSwitch {
  const { promise, resolve } = Promise.withResolvers<Ending>()
  const controller = new AbortController()
  const resolveEnding = (ending: Ending): void => {
    terminate.removeEventListener('abort', onTerminate)
    resolve(ending)
    controller.abort()
  }
  const onTerminate = (): void => resolveEnding({ reason: 'terminated', error: null })
  if (terminate.aborted) onTerminate()
  else terminate.addEventListener('abort', onTerminate, { once: true })
  return {
    end: (reason) => resolveEnding({ reason, error: null }),
    fail(error) {
      const fail = (): void => resolveEnding({ reason: 'failed', error })
      if (error.code === 'page.crashed') after(CHROME_NEWS_MS, fail)
      else fail()
    },
    ended: promise,
    signal: controller.signal,
  }
}
