import type { ClipperEvent, ClipperRequest } from '../../protocol/index.ts'
import { toAppError } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { after } from '../../timing/index.ts'
import type { WorkerTimes } from '../worker-times.ts'
import { type ClipperScript, spawnClipper, type WaitingClipper } from './clipper-process.ts'

interface ClipperPoolOptions {
  readonly clipper: ClipperScript
  readonly times: Pick<WorkerTimes, 'clipperSpareMs' | 'clipperExitMs'>
  readonly logger: Logger
}

/**
 * One-shot clip functions. A spare one may wait for its job, because to start a process takes longer than to cut a clip. Disposing
 * the pool ends the spare one; running ones end by their signals.
 */
export class ClipperPool implements AsyncDisposable {
  readonly #options: ClipperPoolOptions
  #spare: Promise<WaitingClipper | undefined> | undefined
  #spareTimeout: Disposable | undefined
  #isClosed = false

  constructor(options: ClipperPoolOptions) {
    this.#options = options
  }

  /** Starts a spare one: a job is expected. */
  warm(): void {
    if (this.#isClosed) return
    this.#spareTimeout?.[Symbol.dispose]()
    this.#spareTimeout = after(this.#options.times.clipperSpareMs, () => void this.#dropSpare())
    this.#spare ??= this.#spawn().catch((thrown: unknown) => {
      const message = 'a clip function could not be started in advance'
      this.#options.logger.warn({ err: toAppError(thrown) }, message)
      return undefined
    })
  }

  /** Resolves with the one answer. Throws `clipper.crashed` without one, and the signal's reason when that aborts it. */
  async run(
    request: ClipperRequest,
    { signal, logger }: { readonly signal: AbortSignal; readonly logger: Logger },
  ): Promise<ClipperEvent> {
    await using clipper = await this.#take()
    try {
      return await clipper.run(request, signal, logger)
    } finally {
      this.warm()
    }
  }

  async #take(): Promise<WaitingClipper> {
    const spare = await this.#removeSpare()
    if (spare?.isAlive() === true) return spare
    await spare?.[Symbol.asyncDispose]()
    return await this.#spawn()
  }

  async #dropSpare(): Promise<void> {
    const spare = await this.#removeSpare()
    await spare?.[Symbol.asyncDispose]()
  }

  /** From the call on nobody else gets it. */
  #removeSpare(): Promise<WaitingClipper | undefined> | undefined {
    const spare = this.#spare
    this.#spare = undefined
    this.#spareTimeout?.[Symbol.dispose]()
    return spare
  }

  #spawn(): Promise<WaitingClipper> {
    const { clipper, times, logger } = this.#options
    return spawnClipper(clipper, { logger, exitMs: times.clipperExitMs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#dropSpare()
  }
}
