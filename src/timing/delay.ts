interface DelayOptions {
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined
  /** True: the wait alone does not keep the process alive. */
  readonly unref?: boolean
}

/** Waits, or less when aborted; it never throws. */
export async function delay(ms: number, { signal, unref = false }: DelayOptions = {}): Promise<void> {
  if (signal?.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  if (unref) unrefTimer(timer)
  const wake = (): void => resolve()
  signal?.addEventListener('abort', wake, { once: true })
  await promise
  clearTimeout(timer)
  signal?.removeEventListener('abort', wake)
}

/** Browsers' timers are numbers, and keep nothing alive. */
export function unrefTimer(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?(): void } | null)?.unref?.()
}
