import type { SoundClockReading } from '../sound/sound-clock.ts'

const READINGS = 7
/** A shift below this is not heard as being out of step; above it the sound is mended, at once. */
const TOLERANCE_MS = 12

/** What to do with a block so that the sound stays on the picture's time line. */
export interface SoundPlacement {
  /** Frames of silence to put before the block. */
  readonly silence: number
  /** Frames to leave out at the block's beginning. */
  readonly skip: number
}

/**
 * Puts the mix on the take's time line. The mix is one unbroken run of samples; only where the audio clock has lost or
 * gained time against the page's clock (a browser starved of CPU renders late) silence is put in or samples left out.
 */
export class SoundTimeline {
  readonly #sampleRate: number
  readonly #takeStartMs: number
  #offsets: number[] = []
  #written = 0

  /** `takeStartMs` is the time of the first sample on the page's clock. */
  constructor(sampleRate: number, takeStartMs: number) {
    this.#sampleRate = sampleRate
    this.#takeStartMs = takeStartMs
  }

  /** A new run that begins at this time of the page's clock; what is known of the audio clock stays known. */
  begin(startMs: number): SoundTimeline {
    const next = new SoundTimeline(this.#sampleRate, startMs)
    next.#offsets = [...this.#offsets]
    return next
  }

  addReading(reading: SoundClockReading): void {
    this.#offsets.push(reading.atMs - reading.contextSec * 1000)
    if (this.#offsets.length > READINGS) this.#offsets.shift()
  }

  get ready(): boolean {
    return this.#offsets.length > 0
  }

  /** Samples placed so far: the media time of the next one. */
  get written(): number {
    return this.#written
  }

  /** Where a block of `length` frames belongs whose first sample has this context frame index. */
  place(contextFrame: number, length: number): SoundPlacement {
    const atMs = (contextFrame / this.#sampleRate) * 1000 + this.#offsetMs - this.#takeStartMs
    const target = Math.round((atMs / 1000) * this.#sampleRate)
    const shift = target - this.#written
    const tolerated = this.#written > 0 && Math.abs(shift) <= (TOLERANCE_MS / 1000) * this.#sampleRate
    const placement = tolerated
      ? { silence: 0, skip: 0 }
      : { silence: Math.max(0, shift), skip: Math.min(length, Math.max(0, -shift)) }
    this.#written += placement.silence + length - placement.skip
    return placement
  }

  /** Frames of silence that bring the sound up to this media time, when the mix itself does not come. */
  fill(mediaMs: number): number {
    const missing = Math.max(0, Math.round((mediaMs / 1000) * this.#sampleRate) - this.#written)
    this.#written += missing
    return missing
  }

  get #offsetMs(): number {
    const sorted = this.#offsets.toSorted((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
}
