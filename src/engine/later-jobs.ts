import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { after } from '../timing/index.ts'
import type { QueueName } from './queues.ts'

/** Between two looks while jobs wait. */
const LOOK_MS = 2000
/** What was put off is in the database by then, as a rule; the next look finds the rest. */
const WRITTEN_MS = 100
/** So long after a job was put off it is looked for, found or not. */
const NEWS_MS = 5000

interface LaterOptions {
  /** For each queue with jobs that wait, milliseconds until the first of them is due; negative for one that nobody has taken. */
  readonly waiting: () => Promise<ReadonlyMap<string, number>>
  readonly logger: Logger
}

/**
 * Wakes consumers for the jobs that nothing announces: NOTIFY tells only of those that may run when they are sent, not of retries and
 * of those with a later start. It looks when something was put off, and for as long as any job waits; otherwise it rests.
 */
export class LaterJobs implements Disposable {
  readonly #options: LaterOptions
  readonly #wakes = new Map<QueueName, Set<() => void>>()
  #timer: Disposable | undefined
  #lookAtMs = Number.POSITIVE_INFINITY
  #newsAtMs = Number.NEGATIVE_INFINITY
  #isDisposed = false

  constructor(options: LaterOptions) {
    this.#options = options
  }

  /** `wake` makes a consumer of the queue look for a job. What waits already is found too. */
  on(queue: QueueName, wake: () => void): Disposable {
    const wakes = this.#wakes.get(queue) ?? new Set()
    this.#wakes.set(queue, wakes.add(wake))
    this.expect()
    return { [Symbol.dispose]: () => wakes.delete(wake) }
  }

  /** A job is put off, just now or in a moment. */
  expect(): void {
    this.#newsAtMs = performance.now()
    this.#lookIn(WRITTEN_MS)
  }

  /** Not later than that; a look that comes sooner stays. */
  #lookIn(ms: number): void {
    const atMs = performance.now() + ms
    if (this.#isDisposed || this.#lookAtMs <= atMs) return
    this.#timer?.[Symbol.dispose]()
    this.#lookAtMs = atMs
    this.#timer = after(ms, () => void this.#look(), { unref: true })
  }

  async #look(): Promise<void> {
    this.#lookAtMs = Number.POSITIVE_INFINITY
    try {
      const waiting = await this.#options.waiting()
      const inMs = [...waiting.values()].filter((ms) => ms > 0)
      for (const [queue, ms] of waiting) if (ms <= 0) this.#wake(queue as QueueName)
      const isNews = performance.now() - this.#newsAtMs < NEWS_MS
      if (waiting.size > 0 || isNews) this.#lookIn(Math.min(LOOK_MS, ...inMs))
    } catch (thrown) {
      if (this.#isDisposed) return
      this.#options.logger.warn({ err: toAppError(thrown) }, 'the jobs that are due later could not be read')
      this.#lookIn(LOOK_MS)
    }
  }

  #wake(queue: QueueName): void {
    for (const wake of this.#wakes.get(queue) ?? []) wake()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#timer?.[Symbol.dispose]()
  }
}
