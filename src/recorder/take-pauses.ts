import type { Packet, RecorderEvent, ToPage } from '../protocol/index.ts'
import type { Watchdog } from './health/watchdog.ts'

interface TakePausesOptions {
  /** The take begins paused. */
  readonly isPaused: boolean
  readonly send: (message: Extract<ToPage, { type: 'pause' | 'resume' }>) => void
  readonly emit: (event: Extract<RecorderEvent, { type: 'paused' | 'resumed' }>) => void
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  readonly watchdog: () => Pick<Watchdog, 'setPaused'> | undefined
}

interface Pause {
  readonly fromUs: number
  toUs: number
}

/** A pause or its end that a command asked for and the page has not confirmed yet. */
interface AskedChange {
  readonly isPaused: boolean
  readonly resolve: () => void
}

/**
 * The pauses of one take: commands ask for them, the packets of the page confirm them. They are reported in the order in which
 * the page makes them.
 */
export class TakePauses {
  readonly #options: TakePausesOptions
  readonly #pauses: Pause[] = []
  readonly #asked: AskedChange[] = []
  #isPauseAsked: boolean
  #lastChange = Promise.resolve()
  #open: Pause | undefined
  #epochMs = 0
  #pausedUs = 0

  constructor(options: TakePausesOptions) {
    this.#options = options
    this.#isPauseAsked = options.isPaused
    void options.takeEpochMs.then((ms) => {
      this.#epochMs = ms
    })
  }

  /** How long the take stood still before the newest packet, microseconds. */
  get pausedUs(): number {
    return this.#pausedUs
  }

  /** How long it stood still before this wall time, milliseconds. */
  pausedMsBefore(atMs: number): number {
    const atUs = (atMs - this.#epochMs) * 1000
    const sumUs = this.#pauses.reduce((sum, { fromUs, toUs }) => sum + Math.max(0, Math.min(atUs, toUs) - fromUs), 0)
    return sumUs / 1000
  }

  /** Called with every packet of pictures, and of pauses. */
  onPacket({ kind, timestampUs }: Packet): void {
    if (kind === 'pause' && this.#open === undefined) this.#begin(timestampUs)
    else if (kind === 'video' && this.#open !== undefined) this.#end(this.#open, timestampUs)
  }

  /** Resolves when everything before the pause, or the first picture after it, is in; at once when it is so already. */
  set(isPaused: boolean): Promise<void> {
    if (this.#isPauseAsked === isPaused) return this.#lastChange
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#isPauseAsked = isPaused
    this.#asked.push({ isPaused, resolve })
    this.#lastChange = promise
    if (!isPaused) this.#options.watchdog()?.setPaused(false)
    this.#options.send({ type: isPaused ? 'pause' : 'resume' })
    return promise
  }

  #begin(timestampUs: number): void {
    this.#open = { fromUs: timestampUs, toUs: Number.POSITIVE_INFINITY }
    this.#pauses.push(this.#open)
    this.#options.watchdog()?.setPaused(this.#isPauseAsked)
    this.#confirm(true, timestampUs)
  }

  #end(pause: Pause, timestampUs: number): void {
    pause.toUs = timestampUs
    this.#pausedUs += timestampUs - pause.fromUs
    this.#open = undefined
    this.#confirm(false, timestampUs)
  }

  #confirm(isPaused: boolean, timestampUs: number): void {
    const asked = this.#asked[0]?.isPaused === isPaused ? this.#asked.shift() : undefined
    const type = isPaused ? 'paused' : 'resumed'
    void this.#options.takeEpochMs.then((ms) => {
      // Before the answer to the command, which does not know the exact time.
      this.#options.emit({ type, at: new Date(Math.round(ms + timestampUs / 1000)).toISOString() })
      asked?.resolve()
    })
  }
}
