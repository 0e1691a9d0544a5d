import { keepLogs, type Shape, Stage } from '../../test/kit/stage/stage.ts'
import type { Fault } from './fault.ts'
import { FAULTS } from './list.ts'
import { runSeries, type SeriesOutcome, type Strike } from './run-series.ts'
import { seeded } from './seeded.ts'

interface RandomOptions {
  readonly count: number
  readonly seed: number
  readonly patience: number
  readonly say: (line: string) => void
}

/** What random faults did, all rounds together. */
export interface RandomOutcome {
  readonly seed: number
  readonly faults: number
  readonly recordings: number
  readonly lostSec: number
  readonly takes: number
  readonly broken: readonly string[]
}

/** Rounds are short, so that takes that die in a row do not make one recording wait for minutes. */
const STRIKES_A_ROUND = 8
const RECORDINGS_A_ROUND = 2
const SHAPES: readonly Shape[] = ['alone', 'shared']
const LONGEST_GAP_MS = 7_000
const LONGEST_HOLD_MS = 20_000
const SOURCE_SEC = 400
const SOURCES = 2

/** Strikes at random moments, at random recordings, until so many faults have struck. */
export async function runRandom({ count, seed, patience, say }: RandomOptions): Promise<RandomOutcome> {
  const random = seeded(seed)
  const total = { faults: 0, recordings: 0, lostSec: 0, takes: 0 }
  const broken: string[] = []
  for (let round = 0; total.faults < count && round < count; round++) {
    const shape = SHAPES[round % SHAPES.length] ?? 'alone'
    const strikes = planStrikes(shape, Math.min(STRIKES_A_ROUND, count - total.faults), random)
    const outcome = await runRound(shape, strikes, { patience, say, round })
    total.faults += outcome.struck.length
    total.recordings += outcome.survivals.length
    for (const { lostSec, takes } of outcome.survivals) {
      total.lostSec += lostSec
      total.takes += takes
    }
    const wrong = [
      ...outcome.survivals.flatMap((survival) => survival.broken),
      ...outcome.left.map((what) => `left: ${what}`),
    ]
    for (const what of wrong) say(`  BROKEN ${what}`)
    broken.push(...wrong.map((what) => `round ${round}: ${what}`))
    say(
      `round ${round}, ${shape}: ${JSON.stringify(outcome.survivals.map(({ lostSec, mayLoseSec, takes }) => ({ lostSec, mayLoseSec, takes })))}`,
    )
  }
  return { seed, ...total, broken }
}

function planStrikes(shape: Shape, count: number, random: () => number): readonly Strike[] {
  const candidates: readonly Fault[] = FAULTS.filter((fault) => fault.shape === shape && fault.kind === undefined)
  return Array.from({ length: count }, () => {
    const fault = candidates[Math.floor(random() * candidates.length)]
    if (fault === undefined) throw new Error(`no fault is of shape ${shape}`)
    return {
      fault,
      afterMs: random() * LONGEST_GAP_MS,
      holdMs: Math.min(fault.holdMs, LONGEST_HOLD_MS * random()),
      recording: Math.floor(random() * RECORDINGS_A_ROUND),
    }
  })
}

interface RoundOptions extends Pick<RandomOptions, 'patience' | 'say'> {
  readonly round: number
}

async function runRound(
  shape: Shape,
  strikes: readonly Strike[],
  { patience, say, round }: RoundOptions,
): Promise<SeriesOutcome> {
  const logs = `/tmp/panorec-fault-logs/round-${process.pid}-${round}`
  try {
    await using stage = await Stage.open({ shape, sources: SOURCES, seconds: SOURCE_SEC })
    const options = { stage, strikes, recordings: RECORDINGS_A_ROUND, patience, say }
    const outcome = await runSeries(options).catch(async (error: unknown) => failed(error))
    if (outcome.left.length > 0 || outcome.survivals.some(({ broken }) => broken.length > 0))
      await keepLogs(stage, logs)
    return outcome
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): SeriesOutcome {
  const nobody = { recordingId: '', lostSec: 0, mayLoseSec: 0, takes: 0, broken: [String(error)] }
  return { struck: [], survivals: [nobody], left: [] }
}
