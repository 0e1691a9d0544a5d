import type { ErrorInfo } from '../../src/protocol/app-error.ts'
import { AppError, errorInfo } from '../../src/protocol/app-error.ts'
import type { SourceState } from '../../src/protocol/sources.ts'

/** A source that has not shown a picture by then reports why; until then a reason would only be noise of a normal start. */
export const CONNECT_PATIENCE_MS = 10_000

const NO_PICTURES = new AppError(
  'source.stalled',
  'The source sends no new pictures. It is shown again as soon as it does.',
)

interface StateListener {
  onState(state: SourceState, error: ErrorInfo | null): void
}

/**
 * The state of one source and the rules by which it changes. Drivers say what happens to the connection, the frame watch
 * says whether a picture moves; a moving picture always wins, so no state is final.
 */
export class SourceStatus {
  #listener: StateListener
  #state: SourceState = 'connecting'
  #error: AppError | null = null
  /** Why no picture comes, as far as a driver knows. */
  #trouble: AppError | null = null
  #connectByMs: number
  #closed = false

  constructor(listener: StateListener, nowMs: number) {
    this.#listener = listener
    this.#connectByMs = nowMs + CONNECT_PATIENCE_MS
  }

  get state(): SourceState {
    return this.#state
  }

  /** A new picture arrived. */
  picture(): void {
    this.#trouble = null
    this.#enter('live', null)
  }

  /** No new picture for so long that the source counts as stalled. */
  noPicture(): void {
    if (this.#state === 'live') this.#enter('stalled', this.#trouble ?? NO_PICTURES)
  }

  /** Something that explains a missing picture and is being retried. It shows only while the picture is missing. */
  trouble(error: AppError): void {
    this.#trouble = error
    if (this.#state === 'stalled') this.#enter('stalled', error)
  }

  /** Something that no retry is expected to mend, unless the source itself is changed. */
  fail(error: AppError): void {
    this.#trouble = error
    this.#enter('failed', error)
  }

  /** The stream said that it is over. */
  end(): void {
    this.#enter('ended', null)
  }

  tick(nowMs: number): void {
    if (this.#state !== 'connecting' || nowMs < this.#connectByMs) return
    this.#enter('stalled', this.#trouble ?? NO_PICTURES)
  }

  /** Nothing is reported any more. */
  close(): void {
    this.#closed = true
  }

  #enter(state: SourceState, error: AppError | null): void {
    if (this.#closed || (state === this.#state && error?.code === this.#error?.code)) return
    this.#state = state
    this.#error = error
    this.#listener.onState(state, error && errorInfo(error))
  }
}
