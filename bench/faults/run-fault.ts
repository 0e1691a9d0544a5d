import type { Recording } from '../../src/protocol/index.ts'
import { delay } from '../../src/timing/index.ts'
import type { Stage } from '../../test/kit/stage/stage.ts'
import { readRecording } from '../../test/kit/watch/holes.ts'
import type { Fault } from './fault.ts'
import { judgeFault } from './judge-fault.ts'
import { type FaultFigures, type Moments, measureFault } from './measure-fault.ts'
import { Session } from './session.ts'
import { watchStalls } from './stalls.ts'
import { until } from './until.ts'

/** What one fault did to one recording. */
export interface Outcome extends FaultFigures {
  readonly fault: Fault
  readonly playlistFaults: readonly string[]
  readonly state: string
  readonly takes: number
  readonly left: readonly string[]
  /** The longest time for which the machine gave no CPU to a process that waited, while the fault was at work. */
  readonly stalledSec: number
  /** Everything that is not as it was promised. */
  readonly broken: readonly string[]
}

/** Something is recorded before the fault comes. */
const LEAD_SEGMENTS = 3
/** What a dead machine left in its spool is looked for every minute. */
const CLEAN = { timeoutMs: 80_000, everyMs: 500 }

/** Of recordings that share their machines with several others. */
const LITTLE_FPS = 10

/** Records, breaks, mends, waits until all is well again, stops, decodes and measures; of several recordings the worst counts. */
export async function runFault(stage: Stage, fault: Fault): Promise<Outcome> {
  await using sessions = new AsyncDisposableStack()
  const all: Session[] = []
  for (let n = 0; n <= (fault.others ?? 0); n++) all.push(sessions.use(await startSession(stage, fault)))
  const [first] = all
  if (first === undefined) throw new Error('there is no recording')
  await Promise.all(all.map((session) => session.recorded(LEAD_SEGMENTS)))
  using stalls = watchStalls()
  const moments = await strike(stage, fault, first.call.id)
  await Promise.all(all.map((session) => session.recovered(moments.healedAtMs)))
  const stalledSec = stalls.longestSec()
  const ends = await Promise.all(all.map(async (session) => ({ session, ...(await session.stop()) })))
  await sessions.disposeAsync()
  const left = await untilClean(stage)
  const outcomes: Outcome[] = []
  for (const end of ends) outcomes.push({ ...(await judgeEnd(end, { fault, moments, left })), stalledSec })
  const [worst] = outcomes.toSorted((a, b) => b.lostSec - a.lostSec)
  if (worst === undefined) throw new Error('there is no outcome')
  return { ...worst, broken: outcomes.flatMap(({ broken }) => broken) }
}

async function startSession(stage: Stage, { kind, others }: Fault): Promise<Session> {
  if (others === undefined) return await Session.start(stage, { kind })
  return await Session.start(stage, { fps: LITTLE_FPS, sources: (await stage.sources()).slice(0, 1) })
}

interface End {
  readonly session: Session
  readonly recording: Recording
  readonly askedAtMs: number
}

async function judgeEnd(
  { session: { stage, call, watch }, recording, askedAtMs }: End,
  { fault, moments, left }: { readonly fault: Fault; readonly moments: Moments; readonly left: readonly string[] },
): Promise<Omit<Outcome, 'stalledSec'>> {
  const { pictures, faults } = await readRecording(call.indexUrl, stage.live.patterns, stage.folder)
  const figures = measureFault(pictures, moments, fault.source)
  const hasOwnClock = stage.clock !== undefined
  const aftermath = {
    playlistFaults: [...watch.faults, ...faults],
    state: recording.error === null ? recording.state : `${recording.state} (${recording.error.code})`,
    left,
    endLossSec: hasOwnClock ? 0 : (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000,
    mayDouble: hasOwnClock,
  }
  const broken = judgeFault(figures, fault, aftermath)
  return { fault, takes: recording.takes.length, ...figures, ...aftermath, broken }
}

async function strike(stage: Stage, fault: Fault, recordingId: string): Promise<Moments> {
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
