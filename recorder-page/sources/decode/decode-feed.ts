import type { Sample } from './sample.ts'
import type { SampleQueue } from './sample-queue.ts'

/** A sample that should have been shown this long ago is left out, where decoding can begin at a later one. */
const LATE_SEC = 0.3
/** Between samples of one stream that follow each other without a hole there is less than this. */
const HOLE_SEC = 0.5
/** Times that are equal but for rounding. */
const SAME_SEC = 1e-4

interface FeedMoment {
  /** What is played now. */
  readonly playSec: number
  /** Everything that is played before this is to be decoded. */
  readonly untilSec: number
  /** At most so many samples at once. */
  readonly most: number
  /** Only what can be decoded alone: a picture that nobody sees. */
  readonly isKeysOnly: boolean
}

/**
 * Says which samples of a queue are decoded next: each once and in order, from a key frame on. After a seek, a hole, a replacement
 * or a delay it begins anew at the newest key frame that leads to what is played, and says from which sample on to show. After a
 * replacement that is what was decoded before: who shows samples leaves those out that were shown.
 */
export class DecodeFeed {
  /** Samples before the one that is wanted, which are decoded with it: 1 for sound, whose frames overlap. */
  readonly #lead: number
  #last: Sample | undefined
  #showFromSec = Number.NEGATIVE_INFINITY
  #wasKeysOnly = false

  constructor({ lead }: { readonly lead: number }) {
    this.#lead = lead
  }

  /** The playing position was moved. */
  restart(): void {
    this.#last = undefined
    this.#showFromSec = Number.NEGATIVE_INFINITY
  }

  /** False for a sample that is only decoded because later ones need it. */
  isShown({ ptsSec }: Pick<Sample, 'ptsSec'>): boolean {
    return ptsSec > this.#showFromSec - SAME_SEC
  }

  next(queue: SampleQueue, moment: FeedMoment): readonly Sample[] {
    const samples: Sample[] = []
    if (this.#wasKeysOnly && !moment.isKeysOnly) this.#showFromSec = shownAt(queue, 0, moment.playSec)
    this.#wasKeysOnly = moment.isKeysOnly
    let index = this.#begin(queue, moment)
    for (; samples.length < moment.most; index += 1) {
      const sample = queue.at(index)
      if (sample === undefined || sample.dtsSec > moment.untilSec) break
      if (moment.isKeysOnly && !sample.isKey) continue
      if (!this.#canFollow(sample)) continue
      samples.push(sample)
      this.#last = sample
    }
    return samples
  }

  /** Where to go on. */
  #begin(queue: SampleQueue, { playSec }: FeedMoment): number {
    const last = this.#last
    if (last === undefined) return this.#enter(queue, playSec)
    const index = queue.indexAfter(last)
    const sample = queue.at(index)
    if (sample === undefined) return index
    if (queue.at(index - 1) !== last && !sample.isKey) {
      this.#last = undefined
      return keyBefore(queue, index) ?? index
    }
    if (sample.ptsSec + sample.durationSec >= playSec - LATE_SEC) return index
    const key = keyAt(queue, playSec)
    if (key === undefined || key <= index) return index
    this.#last = undefined
    return key
  }

  /** At the key frame that leads to this time; else at the first one after it. */
  #enter(queue: SampleQueue, playSec: number): number {
    const key = keyAt(queue, playSec)
    if (key === undefined) return 0
    const from = Math.max(0, key - this.#lead)
    this.#showFromSec = shownAt(queue, from, playSec)
    return from
  }

  /** Without what is before it only a key frame can be decoded. */
  #canFollow(sample: Sample): boolean {
    const last = this.#last
    if (sample.isKey) return true
    if (last === undefined || last.config.key !== sample.config.key) return false
    return sample.dtsSec - last.dtsSec - last.durationSec < HOLE_SEC
  }
}

/** The last key frame that is shown at this time or before. */
function keyAt(queue: SampleQueue, sec: number): number | undefined {
  for (let index = queue.size - 1; index >= 0; index -= 1) {
    const sample = queue.at(index)
    if (sample?.isKey === true && sample.ptsSec <= sec + SAME_SEC) return index
  }
  return undefined
}

function keyBefore(queue: SampleQueue, index: number): number | undefined {
  for (let at = index; at >= 0; at -= 1) if (queue.at(at)?.isKey === true) return at
  return undefined
}

/** The time of the sample that is on show at this time. */
function shownAt(queue: SampleQueue, from: number, sec: number): number {
  let shown = Number.NEGATIVE_INFINITY
  for (let index = from; index < queue.size; index += 1) {
    const ptsSec = queue.at(index)?.ptsSec ?? Number.POSITIVE_INFINITY
    if (ptsSec <= sec + SAME_SEC) shown = Math.max(shown, ptsSec)
  }
  return shown
}
