import { DecodeFeed } from './decode-feed.ts'
import { PlayClock } from './play-clock.ts'
import type { MediaKind, Sample } from './sample.ts'
import { openAudio, openVideo, SampleDecoder } from './sample-decoder.ts'
import { SampleQueue } from './sample-queue.ts'
import { Ranges } from './time-ranges.ts'

/** So far ahead of playing everything is decoded: a busy machine may be late by that much, and each picture more is memory. */
const AHEAD_SEC = 0.2
/** Sound is small: what is decoded so far ahead is heard, however busy the machine is meanwhile. */
const SOUND_AHEAD_SEC = 0.8
/** Of a picture rate above 30 a second less: whoever paces them keeps twenty at most, and some of these wait for their turn. */
const AHEAD_FRAMES = 6
/** Playing begins with so much to play, and goes on until there is nothing more. */
const START_SEC = 0.3
const EMPTY_SEC = 0.02
/** The end of a stream is reached this near to it. */
const END_SEC = 0.03
/** The first sample may begin this much after the time that is played. */
const SLACK_SEC = 0.05
/** A hole up to this long is left at once; a longer one when nothing has filled it for this time. */
const HOLE_SEC = 2
const HOLE_PATIENCE_MS = 1000
/** A stretch without a picture is one when there is none for so long. */
const PICTURELESS_SEC = 0.5
/** Samples given to a decoder at once; with so many waiting in it, none. */
const BATCH = 60

export type PlayerEvent = 'seeking' | 'seeked' | 'canplay' | 'playing' | 'waiting' | 'ended' | 'emptied'

interface PlayerOptions {
  readonly now: () => number
  /** Takes ownership of the frame, which is to be shown when the clock is at the sample's time. */
  readonly onFrame: (frame: VideoFrame, sample: Sample) => void
  readonly onSound: (sound: AudioData, sample: Sample) => void
  readonly onError: (error: Error, kind: MediaKind) => void
  readonly onEvent: (event: PlayerEvent) => void
}

/** Plays what is put into its queues: its clock says what is on now, and it decodes a little ahead of it. */
export class DecodedPlayer {
  readonly queues: Readonly<Record<MediaKind, SampleQueue>> = { video: new SampleQueue(), audio: new SampleQueue() }
  readonly clock: PlayClock
  readonly #options: PlayerOptions
  readonly #feeds = { video: new DecodeFeed({ lead: 0 }), audio: new DecodeFeed({ lead: 1 }) }
  readonly #video: SampleDecoder<VideoFrame>
  readonly #audio: SampleDecoder<AudioData>
  #kinds: ReadonlySet<MediaKind> = new Set()
  #isComplete = false
  #isSeeking = false
  #isPaused = false
  #hasEnded = false
  #isHidden = false
  /** Once everything was given to the decoders; `isOut` when all came out. */
  #drained: { isOut: boolean } | undefined
  #holeSinceMs: number | undefined
  #played = 0
  #playedUntilSec = 0
  /** The newest sample of each kind that was given out. */
  #newestSec = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY }

  constructor(options: PlayerOptions) {
    this.#options = options
    this.clock = new PlayClock(options.now)
    this.#video = new SampleDecoder(openVideo, {
      onOutput: (frame, sample) => this.#onFrame(frame, sample),
      onError: (error) => options.onError(error, 'video'),
    })
    this.#audio = new SampleDecoder(openAudio, {
      onOutput: (sound, sample) => this.#onSound(sound, sample),
      onError: (error) => options.onError(error, 'audio'),
    })
  }

  /** The kinds that the stream has: playing waits for each of them. */
  setKinds(kinds: ReadonlySet<MediaKind>): void {
    this.#kinds = kinds
  }

  /** True when the queues hold the end of the stream. */
  setComplete(isComplete: boolean): void {
    this.#isComplete = isComplete
  }

  /** A picture that nobody sees is decoded at its key frames only. */
  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isSeeking(): boolean {
    return this.#isSeeking
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Pictures that were played, or, of a stream without any, frames of sound. */
  get played(): number {
    return this.#played
  }

  /** What can be played without a hole. */
  get buffered(): Ranges {
    const ranges = [...this.#kinds].map((kind) => this.queues[kind].ranges)
    const end = Math.max(...ranges.map(({ last }) => last ?? 0))
    const whole = this.#isComplete ? ranges.map((range) => range.endingAt(end)) : ranges
    const [first, ...others] = whole
    return first === undefined ? new Ranges() : others.reduce((common, range) => common.and(range), first)
  }

  seek(sec: number): void {
    this.#move(sec)
    this.#isSeeking = true
    this.#options.onEvent('seeking')
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (isPaused) this.clock.stop()
  }

  /** Forgets all media, and stands there. */
  clear(sec: number): void {
    this.queues.video.clear()
    this.queues.audio.clear()
    this.#isComplete = false
    this.#isSeeking = false
    this.#kinds = new Set()
    this.#move(sec)
    this.#options.onEvent('emptied')
  }

  /** Called every few ten milliseconds. */
  tick(): void {
    if (this.#hasEnded) return
    this.#steerClock(this.buffered)
    if (this.#isSeeking || this.#hasEnded) return
    const playSec = this.#isComplete ? Math.min(this.clock.sec, this.#lastSec) : this.clock.sec
    const isVideoFed = this.#decode('video', this.#video, playSec)
    const isAudioFed = this.#decode('audio', this.#audio, playSec)
    this.#countUnseen(playSec)
    if (this.#isComplete && isVideoFed && isAudioFed) void this.#drain()
  }

  #move(sec: number): void {
    this.clock.set(sec)
    this.#hasEnded = false
    this.#drained = undefined
    this.#playedUntilSec = sec
    this.#newestSec = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY }
    this.#feeds.video.restart()
    this.#feeds.audio.restart()
    this.#video.reset()
    this.#audio.reset()
  }

  #steerClock(buffered: Ranges): void {
    const sec = this.clock.sec
    const { last } = buffered
    if (this.#isComplete && last !== undefined && last - sec < END_SEC) return this.#endAt(Math.max(last, sec))
    // A tick that comes late finds the clock behind the end: it is where it was at the tick before that tells which end.
    const end = buffered.endAround(sec, SLACK_SEC) ?? buffered.endAround(this.#playedUntilSec, SLACK_SEC)
    const ahead = (end ?? sec) - sec
    const needed = this.clock.runs || this.#isComplete ? EMPTY_SEC : START_SEC
    if (ahead > needed) this.#go()
    else if (this.clock.runs) this.#wait(Math.min(sec, end ?? sec))
    if (!this.clock.runs && ahead < SLACK_SEC) this.#leaveHole(buffered.startAfter(sec), sec)
    else this.#holeSinceMs = undefined
  }

  #go(): void {
    this.#holeSinceMs = undefined
    if (this.#isSeeking) {
      this.#isSeeking = false
      this.#options.onEvent('seeked')
    }
    if (this.clock.runs || this.#isPaused) return
    this.clock.run()
    this.#options.onEvent('canplay')
    this.#options.onEvent('playing')
  }

  #wait(atSec: number): void {
    this.clock.stop(atSec)
    this.#options.onEvent('waiting')
  }

  /** Until everything is out of the decoders it has not ended, and its time goes on, so that its last sound stays where it is. */
  #endAt(atSec: number): void {
    if (!this.#isSeeking && this.#drained?.isOut !== true) return
    this.clock.stop(atSec)
    this.#hasEnded = true
    this.#options.onEvent('ended')
  }

  #leaveHole(nextSec: number | undefined, sec: number): void {
    if (nextSec === undefined) return
    const nowMs = this.#options.now()
    this.#holeSinceMs ??= nowMs
    if (nextSec - sec >= HOLE_SEC && nowMs - this.#holeSinceMs < HOLE_PATIENCE_MS) return
    this.#holeSinceMs = undefined
    this.seek(nextSec)
  }

  /** True when the decoder has been given everything to the end of the queue. */
  #decode<Output extends { readonly timestamp: number; close(): void }>(
    kind: MediaKind,
    decoder: SampleDecoder<Output>,
    playSec: number,
  ): boolean {
    const most = Math.max(0, BATCH - decoder.queued)
    const isKeysOnly = kind === 'video' && this.#isHidden
    const moment = { playSec, untilSec: playSec + this.#aheadSec(kind) * this.clock.rate, most, isKeysOnly }
    const samples = this.#feeds[kind].next(this.queues[kind], moment)
    for (const sample of samples) decoder.decode(sample)
    return samples.length === 0 && most > 0 && moment.untilSec >= (this.queues[kind].ranges.last ?? 0)
  }

  #aheadSec(kind: MediaKind): number {
    if (kind === 'audio') return SOUND_AHEAD_SEC
    const queue = this.queues.video
    const durationSec = queue.at(queue.size - 1)?.durationSec ?? 0
    return durationSec > 0 ? Math.min(AHEAD_SEC, AHEAD_FRAMES * durationSec) : AHEAD_SEC
  }

  /** What is not decoded is played all the same: the stream goes on. Where it has no picture its sound counts. */
  #countUnseen(playSec: number): void {
    const isPictureless = !this.#kinds.has('video') || this.queues.video.isSilentAt(playSec, PICTURELESS_SEC)
    const isUnseen = this.#isHidden || isPictureless
    const queue = this.queues[isPictureless ? 'audio' : 'video']
    if (isUnseen) this.#played += Math.max(0, queue.indexFrom(playSec) - queue.indexFrom(this.#playedUntilSec))
    this.#playedUntilSec = playSec
  }

  get #lastSec(): number {
    return Math.max(this.queues.video.ranges.last ?? 0, this.queues.audio.ranges.last ?? 0)
  }

  async #drain(): Promise<void> {
    if (this.#drained !== undefined) return
    const drained = { isOut: false }
    this.#drained = drained
    await Promise.all([this.#video.drain(), this.#audio.drain()])
    drained.isOut = true
  }

  #onFrame(frame: VideoFrame, sample: Sample): void {
    if (!this.#isNew('video', sample)) return frame.close()
    if (!this.#isHidden) this.#played += 1
    this.#options.onFrame(frame, sample)
  }

  #onSound(sound: AudioData, sample: Sample): void {
    if (this.#isNew('audio', sample)) this.#options.onSound(sound, sample)
    else sound.close()
  }

  /** Samples come in the order of their times. One that is decoded again was given out, or is from before the place that is played. */
  #isNew(kind: MediaKind, sample: Sample): boolean {
    if (!this.#feeds[kind].isShown(sample) || sample.ptsSec <= this.#newestSec[kind]) return false
    this.#newestSec[kind] = sample.ptsSec
    return true
  }
}
