import { repeat } from '../../timing/index.ts'

/** A tick that is so late was late for everybody: what was sent meanwhile is still unread. */
const LATE_MS = 3000

interface SilenceOptions {
  /** Who lives is never silent for so long. */
  readonly silenceMs: number
  /** After so much silence `isMute` is asked. */
  readonly doubtMs: number
  readonly checkMs: number
  /** True when it is certain already that no more messages will come. */
  readonly isMute: () => boolean
  readonly onSilence: (silentMs: number) => void
}

/** Calls back once, when messages cease; counts from the first one. Disposing it stops it. */
export class SilenceWatch implements Disposable {
  readonly #options: SilenceOptions
  readonly #checks: Disposable
  #messageAtMs: number | undefined
  #checkedAtMs = performance.now()
  #isOver = false

  constructor(options: SilenceOptions) {
    this.#options = options
    this.#checks = repeat({ everyMs: options.checkMs, work: () => this.#check() })
  }

  /** A message came. */
  onMessage(): void {
    this.#messageAtMs = performance.now()
  }

  #check(): void {
    const { silenceMs, doubtMs, checkMs, isMute } = this.#options
    const nowMs = performance.now()
    const isLate = nowMs - this.#checkedAtMs > checkMs + LATE_MS
    this.#checkedAtMs = nowMs
    if (this.#messageAtMs === undefined) return
    if (isLate) this.#messageAtMs = nowMs
    const silentMs = nowMs - this.#messageAtMs
    if (silentMs > silenceMs || (silentMs > doubtMs && isMute())) this.#end(silentMs)
  }

  #end(silentMs: number): void {
    if (this.#isOver) return
    this[Symbol.dispose]()
    this.#options.onSilence(silentMs)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    this.#checks[Symbol.dispose]()
  }
}
