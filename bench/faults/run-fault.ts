import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from '../../test/kit/stage/stage.ts'
import {
  absencesOf,
  doublesOf,
  holesOf,
  lengthSec,
  type Picture,
  readRecording,
  type Span,
} from '../../test/kit/watch/holes.ts'
import type { Fault } from './fault.ts'
import { LONGEST_SEGMENT_SEC, SEGMENT_SEC, Session } from './session.ts'

/** What one fault did to one recording. */
export interface Outcome {
  readonly fault: Fault
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
  /** What a viewer could hold against any version of the playlists, or a decoder against the media. */
  readonly playlistFaults: readonly string[]
  readonly state: string
  readonly takes: number
  readonly left: readonly string[]
  /** Everything that is not as it was promised. */
  readonly broken: readonly string[]
}

/** Something is recorded before the fault comes. */
const LEAD_SEGMENTS = 3
/** What a dead machine left in its spool is looked for every minute. */
const CLEAN_TIMEOUT_MS = 80_000
const CLEAN_POLL_MS = 500
/** The last picture before a stop: a stop reaches the page within 200 ms, the encoder holds a few pictures. */
const STOP_LOSS_SEC = 1

export interface Judging {
  /** How much longer than promised anything may take: a machine that does other work is slower. */
  readonly patience: number
}

/** Records, breaks, mends, waits until all is well again, stops, decodes and measures. */
export async function runFault(stage: Stage, fault: Fault, { patience }: Judging): Promise<Outcome> {
  await using session = await Session.start(stage, { kind: fault.kind })
  await session.recorded(LEAD_SEGMENTS)
  const heal = await fault.inject({ stage, recordingId: session.call.id })
  if (heal === undefined) throw new Error(`${fault.name} found nothing to strike at`)
  // To find the process that it strikes at takes a second on a busy machine; the strike itself takes none.
  const struckAtMs = Date.now()
  await sleep(fault.holdMs)
  const healedAtMs = Date.now()
  await heal()
  await session.recovered(healedAtMs)
  const { recording, askedAtMs } = await session.stop()
  await session[Symbol.asyncDispose]()
  const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
  const found = measure(pictures, { struckAtMs, healedAtMs, fault })
  const outcome = {
    fault,
    ...found,
    playlistFaults: [...session.watch.faults, ...faults],
    state: recording.error === null ? recording.state : `${recording.state} (${recording.error.code})`,
    takes: recording.takes.length,
    left: await untilClean(stage),
  }
  const endLossSec = stage.clock === undefined ? (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000 : 0
  return { ...outcome, broken: judge(outcome, { endLossSec, patience, mayDouble: stage.clock !== undefined }) }
}

interface Moments {
  readonly struckAtMs: number
  readonly healedAtMs: number
  readonly fault: Fault
}

function measure(pictures: readonly Picture[], { struckAtMs, healedAtMs, fault }: Moments) {
  // What a loaded machine leaves out before the fault is not the fault's.
  const holes = holesOf(pictures).filter(({ toMs }) => toMs > struckAtMs)
  const last = holes.at(-1)
  const back = fault.source === undefined ? undefined : absencesOf(pictures, fault.source).at(-1)
  return {
    lostSec: lengthSec(holes),
    doubledSec: lengthSec(doublesOf(pictures)),
    goOnSec: last === undefined ? 0 : Math.max(0, (last.toMs - struckAtMs) / 1000),
    sourceBackSec:
      fault.source === undefined ? undefined : back === undefined ? 0 : Math.max(0, (back.toMs - healedAtMs) / 1000),
    othersAwaySec: fault.source === undefined ? 0 : lengthSec(othersAway(pictures, fault.source, struckAtMs)),
  }
}

function othersAway(pictures: readonly Picture[], away: number, sinceMs: number): readonly Span[] {
  const all = pictures[0]?.counters.map((_, source) => absencesOf(pictures, source)) ?? []
  return all.flatMap((absences, source) => absences.filter(({ toMs }) => source !== away && toMs > sinceMs))
}

interface JudgedBy extends Judging {
  readonly endLossSec: number
  /** A clock that goes back has every moment twice. */
  readonly mayDouble: boolean
}

function judge(outcome: Omit<Outcome, 'broken'>, { endLossSec, patience, mayDouble }: JudgedBy): string[] {
  const { fault, lostSec, doubledSec, goOnSec, sourceBackSec, othersAwaySec, playlistFaults, state, left } = outcome
  const goOn = fault.goOnSec === 0 ? Number.POSITIVE_INFINITY : fault.goOnSec * patience
  const broken = [...playlistFaults, ...left.map((what) => `left behind: ${what}`)]
  if (state !== 'completed') broken.push(`it ended as ${state}`)
  if (goOnSec > goOn) broken.push(`it went on after ${goOnSec.toFixed(1)} s, promised are ${goOn}`)
  // A page on a loaded machine leaves pictures out without any fault.
  const mayLose = fault.goOnSec === 0 ? patience - 1 : goOn + SEGMENT_SEC
  if (lostSec > mayLose) broken.push(`${lostSec.toFixed(1)} s are lost, at most ${mayLose} may be`)
  const storedLossSec = lostSec - goOnSec
  if (fault.goOnSec > 0 && storedLossSec > LONGEST_SEGMENT_SEC * patience)
    broken.push(`${storedLossSec.toFixed(1)} s of before the fault are lost, at most one segment may be`)
  const mayDoubleSec = LONGEST_SEGMENT_SEC * patience
  if (!mayDouble && doubledSec > mayDoubleSec)
    broken.push(`${doubledSec.toFixed(1)} s are there twice, at most ${mayDoubleSec.toFixed(1)} may be`)
  if (sourceBackSec === Number.POSITIVE_INFINITY) broken.push('the source never came back')
  if (othersAwaySec > patience - 1) broken.push(`the other source stood still for ${othersAwaySec.toFixed(1)} s`)
  if (endLossSec > STOP_LOSS_SEC * patience)
    broken.push(`the last ${endLossSec.toFixed(1)} s before the stop are missing`)
  return broken
}

/** What is still there when everything had its time to go. */
export async function untilClean(stage: Stage): Promise<string[]> {
  const deadline = performance.now() + CLEAN_TIMEOUT_MS
  for (;;) {
    const left = await stage.leftBehind()
    if (left.length === 0 || performance.now() > deadline) return left
    await sleep(CLEAN_POLL_MS)
  }
}
