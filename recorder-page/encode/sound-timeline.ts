import type { SoundClockReading } from '../sound/sound-clock.ts'

const READINGS = 7
/** A shift up to this is corrected gradually, block by block; a larger one at once. */
const GLIDE_MS = 30
/** For each of these milliseconds of shift a block is one frame longer or shorter; less is the jitter of the readings. */
const FRAME_PER_MS = 3
/** A block is stretched at most by one frame in 512: 3 cents of pitch, which is inaudible. */
const BLOCK_FRAMES_PER_FRAME = 512

/** What to do with a block so that the sound stays on the picture's time line. */
interface SoundPlacement {
  /** Frames of silence to put before the block. */
  readonly silence: number
  /** Frames to leave out at the block's beginning. */
  readonly skip: number
  /** Frames by which the block is made longer, or shorter when negative. */
  readonly stretch: number
}

/**
 * Puts the mix on the take's time line. The mix is one unbroken run of samples; where the audio clock has drifted from the
 * page's clock (a browser starved of CPU renders late) it is corrected: a small shift by stretching blocks, a large one by
 * silence or by dropping samples.
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

  /** A new run that begins at this time of the page's clock; it keeps the readings of the audio clock. */
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
    const placement = this.#correct(target - this.#written, length)
    this.#written += placement.silence + length - placement.skip + placement.stretch
    return placement
  }

  /** `shift`: by how many frames the block is too early. */
  #correct(shift: number, length: number): SoundPlacement {
    const framesPerMs = this.#sampleRate / 1000
    if (this.#written === 0 || Math.abs(shift) > GLIDE_MS * framesPerMs)
      return { silence: Math.max(0, shift), skip: Math.min(length, Math.max(0, -shift)), stretch: 0 }
    const most = length / BLOCK_FRAMES_PER_FRAME
    const wanted = shift / (FRAME_PER_MS * framesPerMs)
    return { silence: 0, skip: 0, stretch: Math.trunc(Math.max(-most, Math.min(most, wanted))) }
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
