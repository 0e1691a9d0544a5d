import type { DecodedPlayer, PlayerEvent } from './decoded-player.ts'
import { Ranges } from './time-ranges.ts'

/** A media element says where it is four times a second (HTML §4.8.11.8). */
const TIMEUPDATE_MS = 250
const [NOTHING, METADATA, CURRENT, ENOUGH] = [0, 1, 2, 4]

/** What hls.js and our drivers use of a media element, with a player of our own behind it. It shows nothing. */
export class DecodedMedia extends EventTarget {
  readonly #player: DecodedPlayer
  readyState = NOTHING
  duration = Number.NaN
  autoplay = true
  loop = false
  src = 'decoded'
  readonly srcObject = null
  readonly error = null
  readonly mediaKeys = null
  readonly defaultPlaybackRate = 1
  readonly textTracks: readonly never[] = []
  readonly played = new Ranges()
  #toldMs = 0

  constructor(player: DecodedPlayer) {
    super()
    this.#player = player
  }

  /** The same object as hls.js' and our drivers' types want it. */
  get asElement(): HTMLVideoElement {
    return this as unknown as HTMLVideoElement
  }

  get buffered(): Ranges {
    return this.#player.buffered
  }

  get seekable(): Ranges {
    return this.#player.buffered
  }

  get currentTime(): number {
    return this.#player.clock.sec
  }

  set currentTime(sec: number) {
    this.readyState = Math.min(this.readyState, METADATA)
    this.#player.seek(sec)
  }

  get playbackRate(): number {
    return this.#player.clock.rate
  }

  set playbackRate(rate: number) {
    this.#player.clock.rate = rate
    this.dispatchEvent(new Event('ratechange'))
  }

  get paused(): boolean {
    return this.#player.isPaused
  }

  get seeking(): boolean {
    return this.#player.isSeeking
  }

  get ended(): boolean {
    return this.#player.hasEnded
  }

  async play(): Promise<void> {
    this.#player.setPaused(false)
  }

  pause(): void {
    this.#player.setPaused(true)
  }

  load(): void {
    this.readyState = NOTHING
  }

  removeAttribute(): void {
    this.src = ''
  }

  canPlayType(): string {
    return 'probably'
  }

  /** The media's tracks are known. */
  setLoaded(): void {
    this.readyState = Math.max(this.readyState, METADATA)
  }

  /** An element says that it seeks only after the seek returned. */
  onPlayer(event: PlayerEvent): void {
    if (event === 'waiting') this.readyState = CURRENT
    if (event === 'canplay' || event === 'seeked') this.readyState = ENOUGH
    if (event === 'seeking') queueMicrotask(() => this.dispatchEvent(new Event(event)))
    else this.dispatchEvent(new Event(event))
  }

  tick(nowMs: number): void {
    if (nowMs - this.#toldMs < TIMEUPDATE_MS) return
    this.#toldMs = nowMs
    this.dispatchEvent(new Event('timeupdate'))
  }
}
