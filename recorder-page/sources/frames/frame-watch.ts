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

/** Weight of the newest interval in the smoothed one: a change of frame rate is known after about five polls. */
const SMOOTHING = 0.2

/**
 * A picture that stood still moves again with this many frames within `EVIDENCE_WITHIN_MS`, not with fewer: Chrome counts a
 * black frame when a WebRTC track ends and another when the next begins, also when nobody sends.
 */
const EVIDENCE_FRAMES = 3
const EVIDENCE_WITHIN_MS = 3500

/** `waiting`: no new frame, but not for long enough to count as still. */
export type Motion = 'moving' | 'waiting' | 'still'

/**
 * Tells from a frame counter whether a picture moves. Decoded frames are the only thing that stops in every failure: after a
 * publisher is gone `currentTime` still advances, and neither tracks nor connection report it.
 */
export class FrameWatch {
  #frames = 0
  #lastMs: number
  #intervalMs = 0
  #moves = false
  /** Frames since the picture stood still, and when the first of them came. */
  #evidence = { frames: 0, sinceMs: 0 }

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** `totalFrames` may fall back to any value when the element gets new media. */
  count(totalFrames: number, nowMs: number): Motion {
    const fresh = totalFrames >= this.#frames ? totalFrames - this.#frames : totalFrames
    this.#frames = totalFrames
    if (fresh === 0 || !this.#isProven(fresh, nowMs)) return this.#withoutFrame(nowMs)
    const intervalMs = Math.min((nowMs - this.#lastMs) / fresh, LONGEST_STALL_MS)
    this.#intervalMs += SMOOTHING * (intervalMs - this.#intervalMs)
    this.#lastMs = nowMs
    this.#moves = true
    return 'moving'
  }

  #withoutFrame(nowMs: number): Motion {
    if (this.quietMs(nowMs) < this.#limitMs()) return 'waiting'
    if (this.#moves) this.#evidence = { frames: 0, sinceMs: nowMs }
    this.#moves = false
    return 'still'
  }

  #isProven(fresh: number, nowMs: number): boolean {
    if (this.#moves) return true
    if (nowMs - this.#evidence.sinceMs > EVIDENCE_WITHIN_MS) this.#evidence = { frames: 0, sinceMs: nowMs }
    this.#evidence.frames += fresh
    return this.#evidence.frames >= EVIDENCE_FRAMES
  }

  quietMs(nowMs: number): number {
    return nowMs - this.#lastMs
  }

  #limitMs(): number {
    return Math.min(Math.max(STALL_MS, STALL_INTERVALS * this.#intervalMs), LONGEST_STALL_MS)
  }
}
