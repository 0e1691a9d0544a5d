import { delay } from '../../src/timing/index.ts'

interface UntilOptions {
  readonly timeoutMs: number
  readonly everyMs: number
}

/** Asks again and again until the answer is not `undefined`, and returns it; after the time-out, `undefined`. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { timeoutMs, everyMs }: UntilOptions,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || performance.now() > deadline) return answer
    await delay(everyMs)
  }
}
