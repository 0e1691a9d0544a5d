import { AppError, errorInfo } from '../../../src/protocol/app-error.ts'
import type { ErrorInfo } from '../../../src/protocol/problem.ts'
import type { SourceState } from '../../../src/protocol/sources.ts'
import { isHopeless } from './source-error.ts'

/** A source without a picture reports why only after this time: a normal start takes a while too. */
export const CONNECT_PATIENCE_MS = 10_000
/** An error explains a picture that stops within this time after it: a player shows what it has buffered first. */
export const TROUBLE_MS = 10_000

const NO_PICTURES = new AppError(
  'source.stalled',
  'The source sends no new pictures. It is shown again as soon as it does.',
)

interface StateListener {
  onState(state: SourceState, error: ErrorInfo | null): void
}

/**
 * The state of one source and the rules by which it changes. Drivers report the connection, the frame counter reports
 * whether the picture moves; a moving picture always wins, so no state is final.
 */
export class SourceStatus {
  #listener: StateListener
  #now: () => number
  #state: SourceState = 'connecting'
  #error: AppError | null = null
  #connectByMs: number
  #trouble: AppError | null = null
  #troubleMs = 0
  #closed = false

  /** `now` is a monotonic clock in milliseconds. */
  constructor(listener: StateListener, now: () => number) {
    this.#listener = listener
    this.#now = now
    this.#connectByMs = now() + CONNECT_PATIENCE_MS
  }

  get state(): SourceState {
    return this.#state
  }

  /** A new picture arrived. */
  picture(): void {
    this.#enter('live', null)
  }

  /** No new picture for so long that the source counts as stalled, or as late when it never had one. */
  noPicture(): void {
    const isLate = this.#state === 'connecting' && this.#now() >= this.#connectByMs
    if (this.#state === 'live' || isLate) this.#explain(this.#recentTrouble() ?? NO_PICTURES)
  }

  /**
   * An error that keeps, or soon will keep, pictures from coming; it is reported only while they are missing. True when it is
   * new and deserves a warning: the same error at every retry of a long outage does not.
   */
  trouble(error: AppError): boolean {
    const known = this.#recentTrouble()
    // "No pictures" says less than an error that is known already.
    if (known && error.code === 'source.stalled' && known.code !== error.code) return false
    this.#trouble = error
    this.#troubleMs = this.#now()
    const isMissing = this.#state === 'stalled' || this.#state === 'failed'
    if (isMissing || (this.#state === 'connecting' && isHopeless(error))) this.#explain(error)
    return known?.code !== error.code
  }

  /** The stream has ended. */
  end(): void {
    this.#enter('ended', null)
  }

  /** Stops all reports. */
  close(): void {
    this.#closed = true
  }

  #recentTrouble(): AppError | null {
    return this.#now() - this.#troubleMs < TROUBLE_MS ? this.#trouble : null
  }

  #explain(error: AppError): void {
    this.#enter(isHopeless(error) ? 'failed' : 'stalled', error)
  }

  #enter(state: SourceState, error: AppError | null): void {
    if (this.#closed || (state === this.#state && error?.code === this.#error?.code)) return
    this.#state = state
    this.#error = error
    this.#listener.onState(state, error && errorInfo(error))
  }
}
