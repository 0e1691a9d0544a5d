/**
 * A picture that stands still this long counts as stalled: 25 frames of a 25 fps source, far above the 300 ms that a
 * healthy stream hesitates at a segment's border, a loop's seam or a lost key frame, and half of the 2 s after which the
 * scene takes the last frame away.
 */
export const STALL_MS = 1000

/** A source with few frames (a shared screen at 1 fps) is stalled only after this many of its own intervals, */
const STALL_INTERVALS = 4
/** but after this long at the latest. */
const LONGEST_STALL_MS = 5000

/** Weight of the newest interval in the smoothed one: a change of frame rate is known after about five looks. */
const SMOOTHING = 0.2

export type Sight = 'moving' | 'waiting' | 'still'

/**
 * Tells from a frame counter whether a picture moves. It looks at decoded frames, the only thing that stops in every
 * failure: after a publisher is gone `currentTime` advances, and neither tracks nor connection say a word.
 */
export class FrameWatch {
  #frames = 0
  #lastMs: number
  #intervalMs = 0

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** `totalFrames` may fall back to any value when the element gets new media. */
  observe(totalFrames: number, nowMs: number): Sight {
    const fresh = totalFrames >= this.#frames ? totalFrames - this.#frames : totalFrames
    this.#frames = totalFrames
    if (fresh === 0) return this.quietMs(nowMs) >= this.#limitMs() ? 'still' : 'waiting'
    const intervalMs = Math.min((nowMs - this.#lastMs) / fresh, LONGEST_STALL_MS)
    this.#intervalMs += SMOOTHING * (intervalMs - this.#intervalMs)
    this.#lastMs = nowMs
    return 'moving'
  }

  quietMs(nowMs: number): number {
    return nowMs - this.#lastMs
  }

  #limitMs(): number {
    return Math.min(Math.max(STALL_MS, STALL_INTERVALS * this.#intervalMs), LONGEST_STALL_MS)
  }
}
