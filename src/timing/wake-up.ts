import { unlessAborted, within } from './within.ts'

/** Wakes the one who waits. A ring that comes while nobody waits is kept for the next wait; several rings are one. */
export class WakeUp {
  #isRung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#isRung = true
    this.#wake?.()
  }

  /** Waits for a ring: at most `ms`, and not beyond an abort. One waits at a time. It never throws. */
  async wait({
    ms,
    signal,
  }: {
    readonly ms?: number
    readonly signal?: AbortSignal
  } = {}): Promise<'rung' | 'late' | 'aborted'> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#isRung) resolve()
    this.#wake = resolve
    const unaborted = signal === undefined ? promise : unlessAborted(signal, promise, () => undefined)
    await (ms === undefined ? unaborted : within(ms, unaborted, () => undefined))
    this.#wake = undefined
    const outcome = this.#isRung ? 'rung' : signal?.aborted ? 'aborted' : 'late'
    this.#isRung = false
    return outcome
  }
}
