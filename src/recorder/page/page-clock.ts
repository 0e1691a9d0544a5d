import { hostname } from 'node:os'
import { readBootId } from '../../machine/index.ts'
import type { FromPage, TakeClock, ToPage } from '../../protocol/index.ts'

type ClockAnswer = Extract<FromPage, { type: 'clock' }>

/** The quickest of several answers is exact to a fraction of a millisecond; a busy page delays some of them. */
const QUESTIONS = 12

/** The page's clock against this machine's monotonic one, which all its processes share. */
export class PageClock {
  readonly #write: (message: ToPage) => void
  #answered = Promise.withResolvers<ClockAnswer>()

  constructor(write: (message: ToPage) => void) {
    this.#write = write
  }

  onAnswer(answer: ClockAnswer): void {
    this.#answered.resolve(answer)
  }

  /** Asks the page several times. Never resolves when the page does not answer. */
  async measure(): Promise<TakeClock> {
    let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
    for (let i = 0; i < QUESTIONS; i += 1) {
      const reading = await this.#ask()
      if (reading.roundTripMs < best.roundTripMs) best = reading
    }
    return { machine: bootOrHost(), offsetMs: best.offsetMs }
  }

  async #ask(): Promise<{ readonly roundTripMs: number; readonly offsetMs: number }> {
    this.#answered = Promise.withResolvers()
    const sentMs = monotonicMs()
    this.#write({ type: 'clock', sentMs })
    const { atMs } = await this.#answered.promise
    const roundTripMs = monotonicMs() - sentMs
    return { roundTripMs, offsetMs: atMs - (sentMs + roundTripMs / 2) }
  }
}

/**
 * The offset that puts this page's clock onto the other page's, milliseconds; 0 when they are on two machines, which have no more
 * than their wall clocks in common.
 */
export function clockShiftMs(own: TakeClock, other: TakeClock): number {
  return own.machine === other.machine ? other.offsetMs - own.offsetMs : 0
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Names the origin of the monotonic clock: the boot, or the host where no boot has an id. */
function bootOrHost(): string {
  return readBootId() || hostname()
}
