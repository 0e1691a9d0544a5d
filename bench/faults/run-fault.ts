import { delay } from '../../src/timing/index.ts'
import type { Stage } from '../../test/kit/stage/stage.ts'
import { readRecording } from '../../test/kit/watch/holes.ts'
import type { Fault } from './fault.ts'
import { judgeFault } from './judge-fault.ts'
import { type FaultFigures, measureFault } from './measure-fault.ts'
import { Session } from './session.ts'
import { until } from './until.ts'

/** What one fault did to one recording. */
export interface Outcome extends FaultFigures {
  readonly fault: Fault
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
const CLEAN = { timeoutMs: 80_000, everyMs: 500 }

/** Records, breaks, mends, waits until all is well again, stops, decodes and measures. */
export async function runFault(stage: Stage, fault: Fault): Promise<Outcome> {
  await using session = await Session.start(stage, { kind: fault.kind })
  await session.recorded(LEAD_SEGMENTS)
  const moments = await strike(stage, fault, session.call.id)
  await session.recovered(moments.healedAtMs)
  const { recording, askedAtMs } = await session.stop()
  await session[Symbol.asyncDispose]()
  const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
  const figures = measureFault(pictures, moments, fault.source)
  const hasOwnClock = stage.clock !== undefined
  const aftermath = {
    playlistFaults: [...session.watch.faults, ...faults],
    state: recording.error === null ? recording.state : `${recording.state} (${recording.error.code})`,
    left: await untilClean(stage),
    endLossSec: hasOwnClock ? 0 : (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000,
    mayDouble: hasOwnClock,
  }
  const broken = judgeFault(figures, fault, aftermath)
  return { fault, takes: recording.takes.length, ...figures, ...aftermath, broken }
}

async function strike(stage: Stage, fault: Fault, recordingId: string) {
  const heal = await fault.inject({ stage, recordingId })
  if (heal === undefined) throw new Error(`${fault.name} found nothing to strike at`)
  // To find the process that it strikes at takes a second on a busy machine; the strike itself takes none.
  const struckAtMs = Date.now()
  await delay(fault.holdMs)
  const healedAtMs = Date.now()
  await heal()
  return { struckAtMs, healedAtMs }
}

/** What is still there when everything had its time to go. */
export async function untilClean(stage: Stage): Promise<readonly string[]> {
  let left: readonly string[] = []
  const isClean = async () => {
    left = await stage.leftBehind()
    return left.length === 0 || undefined
  }
  await until(isClean, CLEAN)
  return left
}
