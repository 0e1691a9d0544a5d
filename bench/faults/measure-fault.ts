import { absencesOf, doublesOf, holesOf, lengthSec, type Picture, type Span } from '../../test/kit/watch/holes.ts'

/** When a fault was at work, epoch milliseconds. */
export interface Moments {
  readonly struckAtMs: number
  readonly healedAtMs: number
  /** When the next fault of a series strikes; without it there is none. */
  readonly untilMs?: number
}

/** What a fault did to the decoded pictures of one recording. */
export interface FaultFigures {
  /** Wall time of the recording that has no picture. */
  readonly lostSec: number
  /** Wall time of the recording that is there twice. */
  readonly doubledSec: number
  /** From the fault to the first picture behind the last hole; 0 when the pictures never stopped. */
  readonly goOnSec: number
  /** From its return to its first new frame, for a fault that takes a source away. */
  readonly sourceBackSec: number | undefined
  /** How long another source stood still while that one was away. */
  readonly othersAwaySec: number
}

/** What a loaded machine leaves out before the fault is not the fault's, nor is what the next fault does. */
export function measureFault(pictures: readonly Picture[], moments: Moments, source?: number): FaultFigures {
  const { struckAtMs, healedAtMs, untilMs = Number.POSITIVE_INFINITY } = moments
  const isItsOwn = ({ fromMs, toMs }: Span) => toMs > struckAtMs && fromMs < untilMs
  const holes = holesOf(pictures).filter(isItsOwn)
  const last = holes.at(-1)
  const figures = {
    lostSec: lengthSec(holes),
    doubledSec: lengthSec(doublesOf(pictures).filter(({ fromMs }) => fromMs < untilMs)),
    goOnSec: last === undefined ? 0 : Math.max(0, (last.toMs - struckAtMs) / 1000),
  }
  if (source === undefined) return { ...figures, sourceBackSec: undefined, othersAwaySec: 0 }
  const back = absencesOf(pictures, source).filter(isItsOwn).at(-1)
  const others = (pictures[0]?.counters ?? []).flatMap((_, index) =>
    index === source ? [] : absencesOf(pictures, index).filter(isItsOwn),
  )
  const sourceBackSec = back === undefined ? 0 : Math.max(0, (back.toMs - healedAtMs) / 1000)
  return { ...figures, sourceBackSec, othersAwaySec: lengthSec(others) }
}
