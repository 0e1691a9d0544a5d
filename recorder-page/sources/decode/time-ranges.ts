/** Stretches that are nearer to each other than this are one: rounding, and half a frame. */
const JOIN_SEC = 0.06

/** Ordered stretches of time that do not touch. Of the shape of a `TimeRanges` (HTML §4.8.11.13). */
export class Ranges {
  readonly #spans: readonly (readonly [from: number, to: number])[]

  constructor(spans: readonly (readonly [from: number, to: number])[] = []) {
    this.#spans = spans
  }

  get length(): number {
    return this.#spans.length
  }

  start(index: number): number {
    return this.#spans[index]?.[0] ?? Number.NaN
  }

  end(index: number): number {
    return this.#spans[index]?.[1] ?? Number.NaN
  }

  /** The end of all; undefined when there is none. */
  get last(): number | undefined {
    return this.#spans.at(-1)?.[1]
  }

  with(from: number, to: number): Ranges {
    let [first, last] = [from, to]
    const apart = this.#spans.filter(([start, end]) => {
      if (end < from - JOIN_SEC || start > to + JOIN_SEC) return true
      first = Math.min(first, start)
      last = Math.max(last, end)
      return false
    })
    return new Ranges([...apart, [first, last] as const].toSorted(([a], [b]) => a - b))
  }

  without(from: number, to: number): Ranges {
    return new Ranges(
      this.#spans.flatMap(([start, end]): (readonly [number, number])[] => {
        if (end <= from || start >= to) return [[start, end]]
        const kept: [number, number][] = [
          [start, from],
          [to, end],
        ]
        return kept.filter(([left, right]) => right > left)
      }),
    )
  }

  and(other: Ranges): Ranges {
    const common: [number, number][] = []
    for (const [from, to] of this.#spans) {
      for (const [start, end] of other.#spans) {
        const span: [number, number] = [Math.max(from, start), Math.min(to, end)]
        if (span[1] > span[0]) common.push(span)
      }
    }
    return new Ranges(common)
  }

  /** Makes the last stretch end there. */
  endingAt(sec: number): Ranges {
    const last = this.#spans.at(-1)
    return last === undefined ? this : new Ranges([...this.#spans.slice(0, -1), [last[0], Math.max(last[1], sec)]])
  }

  /** The end of the stretch that holds this time, undefined outside of all. `slackSec` may be missing before it. */
  endAround(sec: number, slackSec: number): number | undefined {
    return this.#spans.find(([from, to]) => sec >= from - slackSec && sec < to)?.[1]
  }

  /** Where the first stretch after this time begins. */
  startAfter(sec: number): number | undefined {
    return this.#spans.find(([from]) => from > sec)?.[0]
  }
}
