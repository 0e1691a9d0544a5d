import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { FromPage, TakeClock, ToPage } from '../../protocol/index.ts'

/** The page's clock against this machine's monotonic one, which all its processes share. */
export interface PageClock {
  /** Asks the page several times. Never resolves when the page does not answer. */
  measure(): Promise<TakeClock>
  hear(answer: Extract<FromPage, { type: 'clock' }>): void
}

/** The quickest of several answers is exact to a fraction of a millisecond; a busy page delays some of them. */
const QUESTIONS = 12

export function createPageClock(write: (message: ToPage) => void): PageClock {
  let answered = Promise.withResolvers<Extract<FromPage, { type: 'clock' }>>()
  return {
    async measure() {
      let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
      for (let i = 0; i < QUESTIONS; i += 1) {
        answered = Promise.withResolvers()
        const sentMs = monotonicMs()
        write({ type: 'clock', sentMs })
        const { atMs } = await answered.promise
        const roundTripMs = monotonicMs() - sentMs
        if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs: atMs - (sentMs + roundTripMs / 2) }
      }
      return { machine: thisMachine(), offsetMs: best.offsetMs }
    },
    hear: (answer) => answered.resolve(answer),
  }
}

/**
 * What is to be added to the one page's clock so that it says what the other's says; 0 when they are on two machines, whose
 * wall clocks are then all that they have in common.
 */
export function clockShiftMs(own: TakeClock, other: TakeClock): number {
  return own.machine === other.machine ? other.offsetMs - own.offsetMs : 0
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The boot that the monotonic clock counts from. */
function thisMachine(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return hostname()
  }
}
