import { type ErrorInfo, isErrorCode } from '../../protocol/index.ts'
import type { TakeRecord } from '../record.ts'

/** The back-off and the limits of restarts for takes that end by themselves. */
export interface RecoveryPolicy {
  /** A take whose pictures lasted this long has run well: what went wrong before it is forgotten. */
  readonly runsWellMs: number
  /** The wait after the second take in a row that did not run well; it doubles from there. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** So many takes in a row that did not run well are the end: about ten minutes of trying. */
  readonly quickDeaths: number
  /** The same while the recording has not had a single picture: its caller is told soon that it does not start. */
  readonly deathsBeforeStart: number
  /** A recording without a worker for so long is over: a class that all services were away for has ended. */
  readonly resumeWithinMs: number
}

export const DEFAULT_RECOVERY: RecoveryPolicy = {
  runsWellMs: 30_000,
  firstDelayMs: 1_000,
  longestDelayMs: 30_000,
  quickDeaths: 24,
  deathsBeforeStart: 3,
  resumeWithinMs: 10 * 60_000,
}

type Recovery =
  | { readonly action: 'next-take'; readonly delayMs: number }
  | { readonly action: 'give-up'; readonly error: ErrorInfo }

/** Errors that another take would meet too: something is missing or set wrongly on this machine. */
const HOPELESS: ReadonlySet<string> = new Set(['chrome.not-found', 'encoder.unsupported', 'config.invalid'])
/** Ends that say nothing about the take: the service stopped. */
const INNOCENT: ReadonlySet<string> = new Set(['service.stopping'])
/**
 * Ends that are known late: the worker was missed after its lease, or came back. No wait is added to that; the recorder may have
 * outlived its worker, and records until the next take begins.
 */
const KNOWN_LATE: ReadonlySet<string> = new Set(['recorder.lost'])

/**
 * What follows a take that ended without anybody asking for it. The first restart is immediate; takes that die one after
 * the other wait longer and longer. `takes` are all of the recording; the last one has ended. A process that was there when it
 * ended, `bornAt` says since when, goes on with it however late its end is written: the database may have been away.
 */
export function planNextTake(
  takes: readonly TakeRecord[],
  { now, bornAt }: { readonly now: Date; readonly bornAt: Date },
  policy: RecoveryPolicy = DEFAULT_RECOVERY,
): Recovery {
  const last = takes.at(-1)
  if (last === undefined) return { action: 'next-take', delayMs: 0 }
  const error = last.error ?? { code: 'internal', message: 'The take ended without a reason.' }
  if (HOPELESS.has(error.code)) return { action: 'give-up', error }
  const isLeft = endOf(last) < bornAt.getTime() && now.getTime() - endOf(last) > policy.resumeWithinMs
  if (isLeft) return { action: 'give-up', error }
  const deaths = quickDeaths(takes, policy)
  const isBegun = takes.some(({ firstPictureAt }) => firstPictureAt !== null)
  if (deaths >= (isBegun ? policy.quickDeaths : policy.deathsBeforeStart)) {
    return { action: 'give-up', error: isBegun ? crashLoop(deaths, error) : error }
  }
  return { action: 'next-take', delayMs: KNOWN_LATE.has(error.code) ? 0 : delayAfter(deaths, policy) }
}

/** Takes at the end of the row that did not run well. */
function quickDeaths(takes: readonly TakeRecord[], policy: RecoveryPolicy): number {
  const guilty = takes.filter(({ error }) => !INNOCENT.has(error?.code ?? ''))
  return guilty.length - 1 - guilty.findLastIndex((take) => ranMs(take) >= policy.runsWellMs)
}

function delayAfter(deaths: number, { firstDelayMs, longestDelayMs }: RecoveryPolicy): number {
  return deaths < 2 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (deaths - 2))
}

function ranMs(take: TakeRecord): number {
  return take.firstPictureAt === null ? 0 : endOf(take) - Date.parse(take.firstPictureAt)
}

function endOf({ endedAt, aliveAt }: TakeRecord): number {
  return Date.parse(endedAt ?? aliveAt)
}

function crashLoop(deaths: number, { code, message }: ErrorInfo): ErrorInfo {
  const name = isErrorCode(code) ? code : 'internal'
  return {
    code: 'recording.crash-loop',
    message: `The recording was given up after ${deaths} takes in a row that ended too soon; what was stored plays. The last one: ${name}: ${message}`,
  }
}
