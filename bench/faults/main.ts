import { parseArgs } from 'node:util'
import { keepLogs, Stage } from '../../test/kit/stage/stage.ts'
import type { Fault } from './fault.ts'
import { FAULTS, faultNamed, QUICK_FAULTS } from './list.ts'
import { writeOutcome, writeRandom } from './page.ts'
import { runRandom } from './random.ts'
import { type Outcome, runFault } from './run-fault.ts'
import { STALL_SEC } from './stalls.ts'

/** The longest fault with its recovery, or all quick ones of a stage; sources play on behind it. */
const SOURCE_SEC = 400
const SOURCES = 2
/** A fault that is not as promised while the machine stalls is tried so often. */
const TRIES = 3

/**
 * `npm run faults`: all of them; `npm run faults -- <name>…`: those; `--quick`: the commonest ones, several on one stage. Each is
 * written to the page when it is done. `random 30` strikes at random; `--seed` repeats it, and `--patience 4` allows it four
 * times as long as is promised.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      patience: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  })
  if (names[0] === 'random') return await random(Number(names[1] ?? 10), Number(values.seed), Number(values.patience))
  const stages = values.quick ? QUICK_FAULTS : (names.length === 0 ? FAULTS : names.map(faultNamed)).map((one) => [one])
  const broken: string[] = []
  for (const faults of stages) for (const name of await runOnStage(faults)) broken.push(name)
  console.log(broken.length === 0 ? 'Everything as promised.' : `Not as promised: ${broken.join(', ')}`)
  process.exitCode = broken.length === 0 ? 0 : 1
}

/** The names of those that were not as promised, on a machine that was not to blame. */
async function runOnStage(faults: readonly Fault[]): Promise<readonly string[]> {
  const broken: string[] = []
  for await (const outcome of attemptAll(faults)) {
    await writeOutcome(outcome)
    console.log(describe(outcome))
    if (outcome.broken.length === 0) continue
    if (isInconclusive(outcome))
      console.log(`  INCONCLUSIVE ${outcome.fault.name}: ${stallOf(outcome)}, ${TRIES} times`)
    else broken.push(outcome.fault.name)
  }
  return broken
}

/** Each is tried until it says something about the product. One that fails altogether does not keep the others from being tried. */
async function* attemptAll(faults: readonly Fault[]): AsyncGenerator<Outcome> {
  const left = faults.map((fault) => ({ fault, tries: TRIES }))
  for (let [next] = left; next !== undefined; [next] = left) {
    yield* attemptOnStage(next.fault, left)
  }
}

interface Attempt {
  readonly fault: Fault
  /** How often it may still be tried while the machine stalls. */
  tries: number
}

/** Tries what is left until one is not as promised: what that one left behind is not the next one's. */
async function* attemptOnStage({ shape }: Fault, left: Attempt[]): AsyncGenerator<Outcome> {
  const opened = await Stage.open({ shape, sources: SOURCES, seconds: SOURCE_SEC }).catch((error: unknown) => ({
    error,
  }))
  if (!(opened instanceof Stage)) {
    const unopened = left.shift()
    if (unopened !== undefined) yield failed(unopened.fault, opened.error)
    return
  }
  await using stage = opened
  for (let [next] = left; next !== undefined; [next] = left) {
    console.log(`${next.fault.name}: ${next.fault.title}`)
    const outcome = await attempt(stage, next.fault)
    next.tries -= 1
    if (isInconclusive(outcome) && next.tries > 0) {
      console.log(`${describe(outcome)}\n  again: ${stallOf(outcome)}`)
      return
    }
    left.shift()
    yield outcome
    if (outcome.broken.length > 0) return
  }
}

/** A figure that is not as promised says nothing while the machine gave nobody the CPU. */
function isInconclusive({ broken, stalledSec }: Outcome): boolean {
  return broken.length > 0 && stalledSec > STALL_SEC
}

function stallOf({ stalledSec }: Outcome): string {
  return `the machine stalled for ${stalledSec.toFixed(1)} s`
}

/** What the programs logged is kept when something is wrong. */
async function attempt(stage: Stage, fault: Fault): Promise<Outcome> {
  const outcome = await runFault(stage, fault).catch((error: unknown) => failed(fault, error))
  if (outcome.broken.length > 0) await keepLogs(stage, `/tmp/panorec-fault-logs/${fault.name}`)
  return outcome
}

async function random(count: number, seed: number, patience: number): Promise<void> {
  const outcome = await runRandom({ count, seed, patience, say: console.log })
  await writeRandom(outcome, patience)
  console.log(JSON.stringify(outcome, undefined, 2))
  process.exitCode = outcome.broken.length === 0 ? 0 : 1
}

function failed(fault: Fault, error: unknown): Outcome {
  const unknown = { lostSec: Number.NaN, doubledSec: Number.NaN, goOnSec: Number.NaN, sourceBackSec: undefined }
  const nothing = { playlistFaults: [], left: [], othersAwaySec: 0, stalledSec: 0, ...unknown }
  return { ...nothing, fault, state: 'unknown', takes: 0, broken: [`it could not be measured: ${error}`] }
}

function describe({ lostSec, doubledSec, goOnSec, sourceBackSec, state, takes, broken }: Outcome): string {
  const source = sourceBackSec === undefined ? '' : `, source back after ${sourceBackSec.toFixed(1)} s`
  const lost = `lost ${lostSec.toFixed(2)} s, doubled ${doubledSec.toFixed(2)} s`
  const head = `  ${lost}, went on after ${goOnSec.toFixed(2)} s${source}; ${state}, ${takes} takes`
  return [head, ...broken.map((what) => `  BROKEN ${what}`)].join('\n')
}

await main(process.argv.slice(2))
