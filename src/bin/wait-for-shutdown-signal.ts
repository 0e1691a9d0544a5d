import { after } from '../timing/index.ts'

/**
 * Resolves at SIGTERM or SIGINT. A second one ends the process at once, and so does `withinMs` after the first: what waits for
 * a database that is away would wait until a supervisor kills it without a word.
 */
export function waitForShutdownSignal({ withinMs }: { readonly withinMs?: number } = {}): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let isSignalled = false
  const end = (): never => process.exit(1)
  const endLate = (): never => {
    console.error(`panorec: not all had ended after ${withinMs} ms; what is left goes on as after a kill`)
    return end()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isSignalled) end()
      isSignalled = true
      if (withinMs !== undefined) after(withinMs, endLate, { unref: true })
      resolve(signal)
    })
  }
  return promise
}
