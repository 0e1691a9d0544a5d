import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from '../../test/kit/stage/stage.ts'
import { doublesOf, holesOf, lengthSec, readRecording } from '../../test/kit/watch/holes.ts'
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

export interface SeriesOptions {
  readonly stage: Stage
  readonly strikes: readonly Strike[]
  readonly recordings: number
  readonly patience: number
  readonly say: (line: string) => void
  /** Waits for something to strike at; without it such a fault is left out. */
  readonly insist?: boolean
}

/** What became of one recording. */
export interface Survival {
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

const LEAD_SEGMENTS = 2
/** A take that is just coming is there to be struck at soon. */
const INSIST_MS = 60_000
const INSIST_POLL_MS = 200
/** The longest wait between takes that die one after the other. */
const LONGEST_DELAY_SEC = 30

/** Several recordings, several faults, each mended in its time; then all is waited for, stopped, decoded and measured. */
export async function runSeries(options: SeriesOptions): Promise<SeriesOutcome> {
  const { stage, recordings, patience } = options
  await using sessions = new AsyncDisposableStack()
  const all: Session[] = []
  for (let i = 0; i < recordings; i++) all.push(sessions.use(await Session.start(stage)))
  await Promise.all(all.map((session) => session.recorded(LEAD_SEGMENTS)))
  const struck = await strikeAll(options, all)
  for (const program of stage.programs) await program.start()
  const nowMs = Date.now()
  const survivals: Survival[] = []
  const ends = await Promise.all(
    all.map(async (session) => {
      const stuck = await session.recovered(nowMs).then(
        () => [],
        (error: unknown) => [String(error)],
      )
      const end = await session.stop().catch((error: unknown) => String(error))
      return { session, end, stuck }
    }),
  )
  await sessions.disposeAsync()
  for (const [i, { session, end, stuck }] of ends.entries()) {
    const hits = struck.filter(({ fault, recording }) => fault.isOfOne !== true || recording % recordings === i)
    const mayLoseSec = allowance(hits, patience)
    const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
    const broken = [...stuck, ...session.watch.faults, ...faults]
    const lostSec = lengthSec(holesOf(pictures))
    if (typeof end === 'string') broken.push(end)
    else if (end.recording.state !== 'completed') broken.push(`it ended as ${JSON.stringify(end.recording.error)}`)
    if (lostSec > mayLoseSec) broken.push(`${lostSec.toFixed(1)} s are lost, at most ${mayLoseSec.toFixed(1)} may be`)
    const takes = typeof end === 'string' ? 0 : end.recording.takes.length
    const mayDoubleSec = takes * LONGEST_SEGMENT_SEC * patience
    const doubledSec = lengthSec(doublesOf(pictures))
    if (stage.clock === undefined && doubledSec > mayDoubleSec) {
      broken.push(`${doubledSec.toFixed(1)} s are there twice, at most ${mayDoubleSec.toFixed(1)} may be`)
    }
    survivals.push({ recordingId: session.call.id, lostSec, mayLoseSec, takes, broken })
  }
  return { struck: struck.map(({ fault }) => fault.name), survivals, left: await untilClean(stage) }
}

/** Those that found something to strike at. */
async function strikeAll(
  { stage, strikes, say, insist = false }: SeriesOptions,
  sessions: readonly Session[],
): Promise<readonly Strike[]> {
  const struck: Strike[] = []
  const mending: Promise<void>[] = []
  for (const strike of strikes) {
    await sleep(strike.afterMs)
    const recordingId = sessions[strike.recording % sessions.length]?.call.id ?? ''
    const deadline = performance.now() + (insist ? INSIST_MS : 0)
    let heal: Heal | undefined
    do {
      // What is struck at may be gone already, by the fault before.
      heal = await strike.fault.inject({ stage, recordingId }).catch(() => undefined)
      if (heal === undefined) await sleep(INSIST_POLL_MS)
    } while (heal === undefined && performance.now() < deadline)
    say(`${new Date().toISOString()} ${strike.fault.name} at ${recordingId}${heal ? '' : ': nothing to strike at'}`)
    if (heal === undefined) continue
    struck.push(strike)
    mending.push(
      sleep(strike.holdMs)
        .then(heal)
        .catch(() => undefined),
    )
  }
  await Promise.all(mending)
  return struck
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
