import { unrefTimer } from './delay.ts'

interface RepeatOptions {
  readonly everyMs: number
  /** One run. The signal is aborted once the repeater is disposed. */
  readonly work: (signal: AbortSignal) => unknown
  /** Is told what a run threw; the next run comes all the same. Without it what `work` throws is an unhandled rejection. */
  readonly onError?: (error: unknown) => void
  /** True: the first run begins now; otherwise after `everyMs`. */
  readonly atOnce?: boolean
  /** True: the timer alone does not keep the process alive. */
  readonly unref?: boolean
}

/** Disposing stops it and aborts the run that goes on; an asynchronous disposal waits for that run too. */
export interface Repeater extends Disposable, AsyncDisposable {
  /** Runs now, unless a run goes on or it was disposed; resolves when no run goes on any more. Never throws with `onError`. */
  runNow(): Promise<void>
}

/**
 * Runs `work` every `everyMs`. The overlap rule: runs never overlap; a tick that finds one going on is skipped, not made up for. So
 * work that takes longer than `everyMs` runs at the next tick after its end.
 */
export function repeat(options: RepeatOptions): Repeater {
  return new TickingRepeater(options)
}

class TickingRepeater implements Repeater {
  readonly #options: RepeatOptions
  readonly #stop = new AbortController()
  readonly #timer: ReturnType<typeof setInterval>
  #current: Promise<void> | undefined

  constructor(options: RepeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.runNow(), options.everyMs)
    if (options.unref) unrefTimer(this.#timer)
    if (options.atOnce) void this.runNow()
  }

  runNow(): Promise<void> {
    if (this.#stop.signal.aborted) return this.#current ?? Promise.resolve()
    this.#current ??= this.#run().finally(() => {
      this.#current = undefined
    })
    return this.#current
  }

  async #run(): Promise<void> {
    const { work, onError } = this.#options
    try {
      await work(this.#stop.signal)
    } catch (error) {
      if (onError === undefined) throw error
      onError(error)
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#stop.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]()
    await this.#current
  }
}
