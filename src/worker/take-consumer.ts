import {
  type Engine,
  GOES_ON_PRIORITY,
  type Job,
  type QueueConsumer,
  type QueueJobs,
  TAKE_QUEUE,
} from '../engine/index.ts'
import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { InTurn } from '../timing/index.ts'
import type { PollTimes } from './worker-times.ts'

export type TakeJob = QueueJobs[typeof TAKE_QUEUE]

interface TakeConsumerOptions {
  readonly engine: Pick<Engine, 'work'>
  readonly times: PollTimes
  readonly logger: Logger
  /** Whether a recording that has not begun may be taken now. */
  hasCapacity(): boolean
  handle(job: Job<TakeJob>): Promise<void>
}

/** A consumer that waits for its one job. `all`: also for recordings that have not begun. */
interface Waiting {
  readonly consumer: QueueConsumer
  readonly all: boolean
}

/**
 * Takes jobs one at a time. Without capacity it takes only those of recordings that have begun: a class that loses its
 * recorder loses more by waiting than the others here by one more. A job that is not taken stays in the queue, for another
 * worker or for later. While it waits for a job it is one consumer of the queue, so a job that is announced is taken at once.
 */
export class TakeConsumer implements AsyncDisposable {
  readonly #options: TakeConsumerOptions
  readonly #turns = new InTurn()
  /** Every consumer that has not ended: the one that waits, and those whose job runs. */
  readonly #consumers = new Set<QueueConsumer>()
  #waiting: Waiting | undefined
  #isClosed = false

  constructor(options: TakeConsumerOptions) {
    this.#options = options
  }

  /** Waits for jobs of all recordings, or only of those that have begun, by what `hasCapacity` returns now. Never rejects. */
  async review(): Promise<void> {
    await this.#turns
      .run(() => this.#review())
      .catch((thrown: unknown) => {
        this.#options.logger.error({ err: toAppError(thrown) }, 'no recordings can be taken now')
      })
  }

  async #review(): Promise<void> {
    if (this.#isClosed) return
    const all = this.#options.hasCapacity()
    if (this.#waiting !== undefined && this.#waiting.all !== all) this.#stop(this.#waiting.consumer)
    if (this.#waiting === undefined) await this.#consume(all)
  }

  async #consume(all: boolean): Promise<void> {
    const { engine, times, handle } = this.#options
    const started = Promise.withResolvers<QueueConsumer>()
    const settings = {
      pollSec: times.takePollSec,
      heartbeatSec: times.heartbeatSec,
      ...(!all && { minPriority: GOES_ON_PRIORITY }),
    }
    const consumer = await engine.work(TAKE_QUEUE, settings, async (job) => {
      this.#stop(await started.promise)
      // The job has its place before it is decided whether there is room for another one.
      const handled = handle(job)
      void this.review()
      await handled.finally(() => this.review())
    })
    this.#consumers.add(consumer)
    this.#waiting = { consumer, all }
    started.resolve(consumer)
  }

  /** Its job, if it has one, runs on; the consumer ends with it. */
  #stop(consumer: QueueConsumer): void {
    if (this.#waiting?.consumer === consumer) this.#waiting = undefined
    void consumer[Symbol.asyncDispose]().then(() => this.#consumers.delete(consumer))
  }

  /** Takes no more jobs; resolves when those that run have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#turns.ended()
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()))
  }
}
