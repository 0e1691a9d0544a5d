import PQueue from 'p-queue'

/** Runs pieces of work one after the other, in the order of the calls; one that fails does not keep the next from running. */
export class InTurn {
  readonly #queue = new PQueue({ concurrency: 1 })

  /** Resolves or rejects as the work does, when its turn has come. It never begins before the caller has gone on. */
  run<T>(work: () => Promise<T> | T): Promise<T> {
    return this.#queue.add(async () => {
      await Promise.resolve()
      return await work()
    })
  }

  /** True while something runs or waits. */
  get isBusy(): boolean {
    return this.#queue.size + this.#queue.pending > 0
  }

  /** Resolves when all that was given so far has ended, well or badly. What is given later does not hold it up. */
  async ended(): Promise<void> {
    await this.#queue.add(() => undefined)
  }
}
