/** The minimum of the last `size` values, in constant time on average (a monotonic queue, Lemire 2006). */
export class SlidingMinimum {
  readonly #size: number
  #queue: { readonly at: number; readonly value: number }[] = []
  #count = 0

  constructor(size: number) {
    this.#size = size
  }

  next(value: number): number {
    const at = this.#count
    this.#count += 1
    while (this.#queue.length > 0 && (this.#queue.at(-1)?.value ?? 0) >= value) this.#queue.pop()
    this.#queue.push({ at, value })
    if ((this.#queue[0]?.at ?? 0) <= at - this.#size) this.#queue.shift()
    return this.#queue[0]?.value ?? value
  }
}
