/**
 * What `work` resolves with, or, when it takes longer than `ms`, what `late` returns or throws. The work itself goes on; give it a
 * signal where it should end. Its later failure is no unhandled rejection.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  const { promise, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, ms, 'late')
  try {
    const first = await Promise.race([work.then((value) => ({ value })), promise])
    return first === 'late' ? late() : first.value
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What `work` resolves with, or what `aborted` returns or throws, once the signal is aborted. The work itself goes on, its timers
 * too: a deadline is put around it, `within(ms, unlessAborted(…), …)`.
 */
export async function unlessAborted<T, L>(signal: AbortSignal, work: Promise<T>, aborted: () => L): Promise<T | L> {
  const { promise, resolve } = Promise.withResolvers<'aborted'>()
  const abort = (): void => resolve('aborted')
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const first = await Promise.race([work.then((value) => ({ value })), promise])
    return first === 'aborted' ? aborted() : first.value
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
