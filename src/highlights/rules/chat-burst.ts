/** A message may be dated this much ahead of the others; more than that no signal is (see the hub). */
const MAX_AHEAD_MS = 10_000

interface Message {
  readonly at: number
  /** The time that the message itself has, where a wrong clock had it dated anew. */
  readonly saidAt: number
  readonly id: string | undefined
}

/**
 * Finds where so many messages came within so long. They may come late and in any order, and one that comes twice with
 * its id counts once. The messages of a burst that was found belong to no other.
 */
export class ChatBurst {
  readonly #count: number
  readonly #withinMs: number
  #messages: Message[] = []
  #doneMs = Number.NEGATIVE_INFINITY

  constructor(count: number, withinSec: number) {
    this.#count = count
    this.#withinMs = withinSec * 1000
  }

  /** The first message of the burst that this one makes complete: it followed what caused the burst. */
  add(message: Message): Message | undefined {
    if (message.at <= this.#doneMs || this.#knows(message)) return undefined
    const place = this.#messages.findLastIndex((other) => other.at <= message.at) + 1
    this.#messages.splice(place, 0, message)
    const found = this.#burstAround(place)
    if (found !== undefined) {
      this.#doneMs = found.last.at
      this.#messages = this.#messages.filter(({ at }) => at > found.last.at)
    }
    this.#forget()
    return found?.first
  }

  #knows({ saidAt, id }: Message): boolean {
    return id !== undefined && this.#messages.some((other) => other.id === id && other.saidAt === saidAt)
  }

  #burstAround(place: number): { readonly first: Message; readonly last: Message } | undefined {
    for (let index = Math.max(0, place - this.#count + 1); index <= place; index++) {
      const first = this.#messages[index]
      const last = this.#messages[index + this.#count - 1]
      if (first === undefined || last === undefined) return undefined
      if (last.at - first.at <= this.#withinMs) return { first, last }
    }
    return undefined
  }

  #forget(): void {
    const newest = this.#messages.at(-1)?.at ?? 0
    while ((this.#messages[0]?.at ?? newest) < newest - this.#withinMs - MAX_AHEAD_MS) this.#messages.shift()
  }
}
