/** Resolves at SIGTERM or SIGINT. A second one ends the process at once. */
export function untilTold(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let told = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (told) process.exit(1)
      told = true
      resolve(signal)
    })
  }
  return promise
}
