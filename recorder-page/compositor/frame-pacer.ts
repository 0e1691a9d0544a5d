import type { PacedTimes } from '../sources/frames/frame-tap.ts'
import { SourceTimeline } from './source-timeline.ts'

/** A player shows a frame at the display refresh nearest to its time: 60 a second. */
const REFRESH_MS = 1000 / 60
/** Frames reach the worker up to two refreshes after their presentation time, later on a busy machine. */
const MIN_DELAY_MS = 60
/** A frame that comes after its tick, or before its sound, lengthens the delay by one tick, at most to this. */
const MAX_DELAY_MS = 260
/** With more queued frames than this the source runs ahead and the oldest are dropped: decoders own their memory. */
const MAX_QUEUE = 20
/** The phase is re-centred in the tick when it comes this near to either edge. */
const PHASE_MARGIN = 0.2
/** A source whose frame period is within this of the tick's is locked: one frame a tick. */
const LOCK_TOLERANCE = 0.02
const PERIOD_WINDOW = 25

/** What the pacer keeps of a picture; a `VideoFrame` is one. */
interface Closable {
  close(): void
}

interface Waiting<F> {
  readonly frame: F
  readonly mediaMs: number
}

/**
 * Chooses, for each tick of the recording, the frame of one source.
 *
 * A tick that samples the newest frame beats against its source: where both run at 25 fps and the tick falls near the
 * frames' arrival, jitter doubles one frame and drops the next. So frames wait in a short queue, their presentation
 * times are smoothed by `SourceTimeline`, and the tick looks back by a delay that puts frame borders in the middle
 * between ticks: then jitter of almost half a tick changes nothing. The delay is constant while source and recording
 * run at one rate, and `soundDelayMs` says by how much the sound has to wait for it.
 */
export class FramePacer<F extends Closable> {
  readonly #tickMs: number
  #timeline = new SourceTimeline(REFRESH_MS)
  #soundTimeline = new SourceTimeline(0)
  #soundLagMs: number | undefined
  #waiting: Waiting<F>[] = []
  #shown: Waiting<F> | undefined
  #minDelayMs = MIN_DELAY_MS
  #lookBackMs = MIN_DELAY_MS
  #lastTickMs: number | undefined
  #periods: number[] = []
  #newestMediaMs: number | undefined
  #ageMs: number | undefined
  #fixedZeroMs: number | undefined
  received = 0
  shownCount = 0
  skipped = 0

  constructor(tickMs: number) {
    this.#tickMs = tickMs
  }

  /** Takes ownership of the frame. */
  push(frame: F, { mediaMs, presentMs, soundMs, soundLagMs }: PacedTimes): void {
    this.received += 1
    if (this.#newestMediaMs !== undefined && mediaMs <= this.#newestMediaMs) this.#restart(mediaMs)
    this.#learnPeriod(mediaMs)
    this.#newestMediaMs = mediaMs
    if (soundMs !== undefined) this.#soundTimeline.add(mediaMs, soundMs)
    this.#soundLagMs = soundLagMs
    if (this.#timeline.add(mediaMs, presentMs)) this.#relock()
    else if (this.#isShort(mediaMs)) this.#lookFurtherBack()
    this.#waiting.push({ frame, mediaMs })
    if (this.#waiting.length > MAX_QUEUE) this.#drop(1)
  }

  /** The time at which media time zero is recorded, on the page's clock; undefined before the first frame. */
  get mediaZeroMs(): number | undefined {
    const offset = this.#timeline.offsetMs
    return offset === undefined ? undefined : (this.#fixedZeroMs ?? offset + this.#lookBackMs)
  }

  /**
   * Fixes the time at which media time zero is recorded, wherever the player is, until `release` or until the source jumps.
   * Two pacers with the same time choose the same frame at every tick.
   */
  follow(mediaZeroMs: number): void {
    this.#fixedZeroMs = mediaZeroMs
  }

  /** Frees the pacing again, from where it is. */
  release(): void {
    if (this.#fixedZeroMs === undefined) return
    this.#lookBackMs = this.#currentLookBackMs
    this.#minDelayMs = Math.max(MIN_DELAY_MS, this.#lookBackMs - this.#tickMs / 2)
    this.#fixedZeroMs = undefined
  }

  /** Drops the timelines, because the player was moved. */
  resync(): void {
    this.#timeline = new SourceTimeline(REFRESH_MS)
    this.#soundTimeline = new SourceTimeline(0)
  }

  /** The picture of this source at a tick, still owned by the pacer; undefined before its first frame. */
  frameAt(tickMs: number): F | undefined {
    const { mediaZeroMs } = this
    if (mediaZeroMs === undefined) return this.#shown?.frame
    this.#lastTickMs = tickMs
    const horizon = tickMs - mediaZeroMs
    const newest = this.#waiting.findLastIndex((candidate) => candidate.mediaMs <= horizon)
    if (newest >= 0) this.#show(newest)
    else if (this.#shown === undefined) this.#show(0)
    if (this.#shown !== undefined && newest >= 0) this.#center(horizon - this.#shown.mediaMs)
    return this.#shown?.frame
  }

  /** How long after its presentation time a frame is recorded, milliseconds, on average. */
  get delayMs(): number {
    return this.#currentLookBackMs + (this.#ageMs ?? this.#tickMs / 2)
  }

  /** How long after it is played the sound has to be recorded to be in step with its picture, milliseconds. */
  get soundDelayMs(): number {
    return this.delayMs - this.#playedBehindMs
  }

  /** How much later than its picture is shown the sound of the same moment is played. */
  get #playedBehindMs(): number {
    const playedMs = this.#soundTimeline.offsetMs
    const shownMs = this.#timeline.offsetMs
    if (playedMs === undefined || shownMs === undefined) return this.#soundLagMs ?? 0
    return playedMs - shownMs
  }

  get #currentLookBackMs(): number {
    const offset = this.#timeline.offsetMs
    return this.#fixedZeroMs === undefined || offset === undefined ? this.#lookBackMs : this.#fixedZeroMs - offset
  }

  /** Closes all frames, for example because the source was removed. */
  clear(): void {
    this.#drop(this.#waiting.length)
    this.#shown?.frame.close()
    this.#shown = undefined
  }

  #show(index: number): void {
    const next = this.#waiting[index]
    if (next === undefined) return
    this.#drop(index)
    this.#waiting.shift()
    this.#shown?.frame.close()
    this.#shown = next
    this.shownCount += 1
  }

  #drop(count: number): void {
    for (const { frame } of this.#waiting.splice(0, count)) frame.close()
    this.skipped += count
  }

  /** The source's time went back (a loop, a new stream): the queued frames are dropped, the shown one stays until the next. */
  #restart(mediaMs: number): void {
    this.#drop(this.#waiting.length)
    this.#periods = []
    if (this.#shown !== undefined) this.#shown = { frame: this.#shown.frame, mediaMs: mediaMs - this.#tickMs }
  }

  #relock(): void {
    this.#ageMs = undefined
    this.#fixedZeroMs = undefined
    this.#minDelayMs = MIN_DELAY_MS
    this.#lookBackMs = MIN_DELAY_MS
    this.#dropOverdue()
  }

  /** Frames of before a jump have no place in the new mapping: one that was shown would count as shown far too late. */
  #dropOverdue(): void {
    const [zeroMs, lastTickMs] = [this.mediaZeroMs, this.#lastTickMs]
    if (zeroMs === undefined || lastTickMs === undefined) return
    this.#drop(this.#waiting.findLastIndex(({ mediaMs }) => mediaMs + zeroMs < lastTickMs - MAX_DELAY_MS) + 1)
  }

  /** True when the delay is too short: the frame comes after its tick, or before its sound. */
  #isShort(mediaMs: number): boolean {
    if (this.#lastTickMs === undefined || this.#fixedZeroMs !== undefined) return false
    return mediaMs + (this.mediaZeroMs ?? 0) <= this.#lastTickMs || this.soundDelayMs < 0
  }

  /** A longer delay repeats one frame, and skips none. */
  #lookFurtherBack(): void {
    if (this.#minDelayMs + this.#tickMs > MAX_DELAY_MS) return
    this.#minDelayMs += this.#tickMs
    this.#lookBackMs += this.#tickMs
  }

  #learnPeriod(mediaMs: number): void {
    if (this.#newestMediaMs === undefined || mediaMs <= this.#newestMediaMs) return
    this.#periods.push(mediaMs - this.#newestMediaMs)
    if (this.#periods.length > PERIOD_WINDOW) this.#periods.shift()
  }

  get #locked(): boolean {
    const sorted = this.#periods.toSorted((a, b) => a - b)
    const median = sorted[sorted.length >> 1]
    return median !== undefined && Math.abs(median - this.#tickMs) <= LOCK_TOLERANCE * this.#tickMs
  }

  /** Keeps the phase of a locked source in the middle of the tick; `age` is how long ago the shown frame was to be shown. */
  #center(age: number): void {
    this.#ageMs = this.#ageMs === undefined ? age : this.#ageMs + (age - this.#ageMs) * 0.1
    if (this.#fixedZeroMs !== undefined || !this.#locked || age > this.#tickMs * 1.5) return
    const phase = this.#ageMs / this.#tickMs
    if (phase >= PHASE_MARGIN && phase <= 1 - PHASE_MARGIN) return
    const shift = this.#ageMs - this.#tickMs / 2
    this.#lookBackMs += shift
    this.#ageMs -= shift
    if (this.#lookBackMs < this.#minDelayMs - this.#tickMs / 2) this.#lookBackMs += this.#tickMs
    else if (this.#lookBackMs > this.#minDelayMs + this.#tickMs) this.#lookBackMs -= this.#tickMs
  }
}
