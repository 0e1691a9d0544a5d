import type { Sample } from './sample.ts'
import { Ranges } from './time-ranges.ts'

/** Times that are equal but for rounding. */
const SAME_SEC = 1e-4

/** The samples of one kind that are there to be played, in the order in which they are decoded. */
export class SampleQueue {
  #samples: Sample[] = []
  #ranges = new Ranges()

  get ranges(): Ranges {
    return this.#ranges
  }

  get size(): number {
    return this.#samples.length
  }

  at(index: number): Sample | undefined {
    return this.#samples[index]
  }

  /** What was there at the same times is replaced, as in a SourceBuffer (Media Source Extensions §3.5.8). */
  append(samples: readonly Sample[]): void {
    const ordered = samples.toSorted((a, b) => a.dtsSec - b.dtsSec)
    const [first, last] = [ordered[0], ordered.at(-1)]
    if (first === undefined || last === undefined) return
    const from = this.indexFrom(first.dtsSec - SAME_SEC)
    const to = this.indexFrom(last.dtsSec + last.durationSec - SAME_SEC)
    this.#samples.splice(from, Math.max(0, to - from), ...ordered)
    for (const [start, end] of spansOf(ordered)) this.#ranges = this.#ranges.with(start, end)
  }

  /** All that the stream has in this stretch is there, be it nothing: it is played without waiting for more. */
  cover(fromSec: number, toSec: number): void {
    if (toSec > fromSec) this.#ranges = this.#ranges.with(fromSec, toSec)
  }

  /** True when no sample lasts over this time, nor begins within so much after it. */
  isSilentAt(sec: number, withinSec: number): boolean {
    const sample = this.at(this.indexFrom(sec + SAME_SEC) - 1)
    const next = this.at(this.indexFrom(sec + SAME_SEC))
    const isOver = sample === undefined || sample.ptsSec + sample.durationSec < sec
    return isOver && (next === undefined || next.ptsSec > sec + withinSec)
  }

  remove(fromSec: number, toSec: number): void {
    this.#samples = this.#samples.filter(({ ptsSec }) => ptsSec < fromSec || ptsSec >= toSec)
    this.#ranges = this.#ranges.without(fromSec, toSec)
  }

  clear(): void {
    this.#samples = []
    this.#ranges = new Ranges()
  }

  /** The first sample that is decoded at this time or later. */
  indexFrom(dtsSec: number): number {
    let [low, high] = [0, this.#samples.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#samples[middle]?.dtsSec ?? 0) < dtsSec) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The sample that follows this one, also when this one was replaced. */
  indexAfter({ dtsSec }: Sample): number {
    return this.indexFrom(dtsSec + SAME_SEC)
  }
}

/** The stretches that samples cover without a hole. */
function spansOf(samples: readonly Sample[]): Map<number, number> {
  const spans = new Map<number, number>()
  let open: { from: number; to: number } | undefined
  for (const { ptsSec, durationSec } of samples.toSorted((a, b) => a.ptsSec - b.ptsSec)) {
    if (open === undefined || ptsSec > open.to + SAME_SEC) open = { from: ptsSec, to: ptsSec }
    open.to = Math.max(open.to, ptsSec + durationSec)
    spans.set(open.from, open.to)
  }
  return spans
}
