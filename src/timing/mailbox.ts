import { WakeUp } from './wake-up.ts'

/** Messages in the order in which they came, for one reader: iterating waits for the next one. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #unread: T[] = []
  readonly #arrival = new WakeUp()
  #isClosed = false

  put(message: T): void {
    this.#unread.push(message)
    this.#arrival.ring()
  }

  /** No message comes any more: the iteration ends behind the last one. */
  close(): void {
    this.#isClosed = true
    this.#arrival.ring()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#unread.shift()
      if (next !== undefined) yield next
      else if (this.#isClosed) return
      else await this.#arrival.wait()
    }
  }
}
