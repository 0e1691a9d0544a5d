import type { AppError, EndReason } from '../protocol/index.ts'

/** `error` is set exactly when `reason` is `failed`. */
export interface Ending {
  readonly reason: EndReason
  readonly error: AppError | null
}

/** Why the take ends: the first reason wins, whatever goes wrong after it. */
export interface EndingSwitch {
  end(reason: Exclude<EndReason, 'failed'>): void
  fail(error: AppError): void
  readonly ended: Promise<Ending>
  /** Aborted as soon as there is a reason. */
  readonly signal: AbortSignal
}

export function createEndingSwitch(terminate: AbortSignal): EndingSwitch {
  const { promise, resolve } = Promise.withResolvers<Ending>()
  const controller = new AbortController()
  const settle = (ending: Ending): void => {
    terminate.removeEventListener('abort', terminated)
    resolve(ending)
    controller.abort()
  }
  const terminated = (): void => settle({ reason: 'terminated', error: null })
  if (terminate.aborted) terminated()
  else terminate.addEventListener('abort', terminated, { once: true })
  return {
    end: (reason) => settle({ reason, error: null }),
    fail: (error) => settle({ reason: 'failed', error }),
    ended: promise,
    signal: controller.signal,
  }
}
