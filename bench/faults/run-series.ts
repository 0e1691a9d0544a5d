import { delay } from '../../src/timing/index.ts'
import type { Stage } from '../../test/kit/stage/stage.ts'
import { doublesOf, holesOf, lengthSec, type Picture, readRecording } from '../../test/kit/watch/holes.ts'
import type { Fault, Heal } from './fault.ts'
import { untilClean } from './run-fault.ts'
import { LONGEST_SEGMENT_SEC, SEGMENT_SEC, Session } from './session.ts'

/** A fault that strikes so long after the one before, and is mended on its own, whatever else strikes meanwhile. */
export interface Strike {
  readonly fault: Fault
  readonly afterMs: number
  readonly holdMs: number
  /** Which recording it strikes at, where it is not everybody's. */
  readonly recording: number
}

interface SeriesOptions {
  readonly stage: Stage
  readonly strikes: readonly Strike[]
  readonly recordings: number
  readonly patience: number
  readonly say: (line: string) => void
}

/** What became of one recording. */
interface Survival {
  readonly recordingId: string
  readonly lostSec: number
  readonly mayLoseSec: number
  readonly takes: number
  readonly broken: readonly string[]
}

export interface SeriesOutcome {
  readonly struck: readonly string[]
  readonly survivals: readonly Survival[]
  /** What was left behind on the machine. */
  readonly left: readonly string[]
}

/** How a recording ended; `broken` is what went wrong on the way. */
interface End {
  readonly session: Session
  readonly takes: number
  readonly broken: readonly string[]
}

const LEAD_SEGMENTS = 2
/** The longest wait between takes that die one after the other. */
const LONGEST_DELAY_SEC = 30

/** Several recordings, several faults, each mended in its time; then all is waited for, stopped, decoded and measured. */
export async function runSeries(options: SeriesOptions): Promise<SeriesOutcome> {
  const { stage, recordings } = options
  await using sessions = new AsyncDisposableStack()
  const all: Session[] = []
  for (let i = 0; i < recordings; i++) all.push(sessions.use(await Session.start(stage)))
  await Promise.all(all.map((session) => session.recorded(LEAD_SEGMENTS)))
  const struck = await strikeAll(options, all)
  for (const program of stage.programs) await program.start()
  const nowMs = Date.now()
  const ends = await Promise.all(all.map((session) => endOf(session, nowMs)))
  await sessions.disposeAsync()
  const survivals: Survival[] = []
  for (const [i, end] of ends.entries()) {
    const hits = struck.filter(({ fault, recording }) => fault.isOfOne !== true || recording % recordings === i)
    survivals.push(await measureSurvival(options, end, hits))
  }
  return { struck: struck.map(({ fault }) => fault.name), survivals, left: await untilClean(stage) }
}

async function endOf(session: Session, sinceMs: number): Promise<End> {
  const broken: string[] = []
  await session.recovered(sinceMs).catch((error: unknown) => broken.push(String(error)))
  const end = await session.stop().catch((error: unknown) => void broken.push(String(error)))
  if (end === undefined) return { session, takes: 0, broken }
  const { state, error, takes } = end.recording
  if (state !== 'completed') broken.push(`it ended as ${JSON.stringify(error)}`)
  return { session, takes: takes.length, broken }
}

async function measureSurvival(
  { stage, patience }: SeriesOptions,
  { session, takes, broken }: End,
  hits: readonly Strike[],
): Promise<Survival> {
  const mayLoseSec = allowance(hits, patience)
  const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
  const lostSec = lengthSec(holesOf(pictures))
  const tooMuch =
    lostSec > mayLoseSec ? [`${lostSec.toFixed(1)} s are lost, at most ${mayLoseSec.toFixed(1)} may be`] : []
  const doubled = stage.clock === undefined ? judgeDoubled(pictures, takes * LONGEST_SEGMENT_SEC * patience) : []
  const all = [...broken, ...session.watch.faults, ...faults, ...tooMuch, ...doubled]
  return { recordingId: session.call.id, lostSec, mayLoseSec, takes, broken: all }
}

function judgeDoubled(pictures: readonly Picture[], mayDoubleSec: number): readonly string[] {
  const doubledSec = lengthSec(doublesOf(pictures))
  if (doubledSec <= mayDoubleSec) return []
  return [`${doubledSec.toFixed(1)} s are there twice, at most ${mayDoubleSec.toFixed(1)} may be`]
}

/** Those that found something to strike at. */
async function strikeAll(
  { stage, strikes, say }: SeriesOptions,
  sessions: readonly Session[],
): Promise<readonly Strike[]> {
  const struck: Strike[] = []
  const mending: Promise<void>[] = []
  for (const strike of strikes) {
    await delay(strike.afterMs)
    const recordingId = sessions[strike.recording % sessions.length]?.call.id ?? ''
    // What is struck at may be gone already, by the fault before.
    const heal = await strike.fault.inject({ stage, recordingId }).catch(() => undefined)
    say(`${new Date().toISOString()} ${strike.fault.name} at ${recordingId}${heal ? '' : ': nothing to strike at'}`)
    if (heal === undefined) continue
    struck.push(strike)
    mending.push(mend(heal, strike.holdMs))
  }
  await Promise.all(mending)
  return struck
}

/** What another fault has ended meanwhile cannot be mended, and need not be. */
async function mend(heal: Heal, afterMs: number): Promise<void> {
  await delay(afterMs)
  await heal().catch(() => undefined)
}

/**
 * One segment and the restart for each fault, and the waits between takes that die one after the other; where another worker
 * has to go on, the time without a database too.
 */
function allowance(struck: readonly Strike[], patience: number): number {
  const lethal = struck.filter(({ fault }) => fault.goOnSec > 0)
  const restarts = lethal.reduce((sum, { fault }) => sum + fault.goOnSec * patience + SEGMENT_SEC, 0)
  const waits = lethal.reduce((sum, _, i) => sum + (i < 2 ? 0 : Math.min(LONGEST_DELAY_SEC, 2 ** (i - 2))), 0)
  const needy = lethal.some(({ fault }) => fault.needsDatabase)
  const away = struck.reduce((sum, { fault, holdMs }) => sum + (fault.isOfDatabase ? holdMs / 1000 : 0), 0)
  return restarts + waits + (needy ? away : 0)
}
