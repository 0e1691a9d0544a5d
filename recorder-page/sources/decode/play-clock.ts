/** Media time `sec` is played at `atMs` on the page's clock, and what is before and after it at this rate. */
export interface Playback {
  readonly sec: number
  readonly atMs: number
  readonly rate: number
}

/** Which time of a stream is played now. It stands still, or runs at a rate, and can be set. */
export class PlayClock {
  readonly #now: () => number
  #sec = 0
  #atMs = 0
  #rate = 1
  #runs = false

  /** `now` is the page's clock, milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  get sec(): number {
    return this.#runs ? this.#sec + ((this.#now() - this.#atMs) / 1000) * this.#rate : this.#sec
  }

  get runs(): boolean {
    return this.#runs
  }

  /** As it goes now or went last. */
  get playback(): Playback {
    return { sec: this.#sec, atMs: this.#atMs, rate: this.#rate }
  }

  /** When this time of the stream is played, on the page's clock. */
  msAt(sec: number): number {
    return this.#atMs + ((sec - this.#sec) * 1000) / this.#rate
  }

  get rate(): number {
    return this.#rate
  }

  set rate(rate: number) {
    if (rate === this.#rate) return
    this.#anchor(this.sec)
    this.#rate = rate
  }

  run(): void {
    if (this.#runs) return
    this.#anchor(this.#sec)
    this.#runs = true
  }

  /** Stands still, here or at an earlier time that was reached. */
  stop(atSec = this.sec): void {
    this.#anchor(atSec)
    this.#runs = false
  }

  /** Stands still there. */
  set(sec: number): void {
    this.stop(sec)
  }

  #anchor(sec: number): void {
    this.#sec = sec
    this.#atMs = this.#now()
  }
}
