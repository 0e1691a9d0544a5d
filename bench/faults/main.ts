import { parseArgs } from 'node:util'
import { keepLogs, Stage } from '../../test/kit/stage/stage.ts'
import type { Fault } from './fault.ts'
import { FAULTS, faultNamed } from './list.ts'
import { writeOutcome, writeRandom } from './page.ts'
import { runRandom } from './random.ts'
import { type Outcome, runFault } from './run-fault.ts'

/** The longest fault with its recovery; sources play on behind it. */
const SOURCE_SEC = 400
const SOURCES = 2

/**
 * `npm run faults`: all of them; `npm run faults -- <name>…`: those. Each is written to the page when it is done. On a busy
 * machine `--patience 4` allows four times as long as is promised. `random 30` strikes at random; `--seed` repeats it.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      patience: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  })
  const patience = Number(values.patience)
  if (names[0] === 'random') return await random(Number(names[1] ?? 10), Number(values.seed), patience)
  const faults = names.length === 0 ? FAULTS : names.map(faultNamed)
  const broken: string[] = []
  for (const fault of faults) {
    console.log(`${fault.name}: ${fault.title}`)
    const outcome = await attempt(fault, patience)
    await writeOutcome(outcome)
    console.log(describe(outcome))
    if (outcome.broken.length > 0) broken.push(fault.name)
  }
  console.log(broken.length === 0 ? 'Everything as promised.' : `Not as promised: ${broken.join(', ')}`)
  process.exitCode = broken.length === 0 ? 0 : 1
}

async function random(count: number, seed: number, patience: number): Promise<void> {
  const outcome = await runRandom({ count, seed, patience, say: console.log })
  await writeRandom(outcome, patience)
  console.log(JSON.stringify(outcome, undefined, 2))
  process.exitCode = outcome.broken.length === 0 ? 0 : 1
}

/** One that fails altogether does not keep the others from being tried; what the programs logged is kept. */
async function attempt(fault: Fault, patience: number): Promise<Outcome> {
  try {
    await using stage = await Stage.open({ shape: fault.shape, sources: SOURCES, seconds: SOURCE_SEC })
    const keep = () => keepLogs(stage, `/tmp/panorec-fault-logs/${fault.name}`)
    const outcome = await runFault(stage, fault, { patience }).catch(async (error: unknown) => failed(fault, error))
    if (outcome.broken.length > 0) await keep()
    return outcome
  } catch (error) {
    return failed(fault, error)
  }
}

function failed(fault: Fault, error: unknown): Outcome {
  const unknown = { lostSec: Number.NaN, doubledSec: Number.NaN, goOnSec: Number.NaN, sourceBackSec: undefined }
  const nothing = { playlistFaults: [], left: [], othersAwaySec: 0, ...unknown }
  return { ...nothing, fault, state: 'unknown', takes: 0, broken: [`it could not be measured: ${error}`] }
}

function describe({ lostSec, doubledSec, goOnSec, sourceBackSec, state, takes, broken }: Outcome): string {
  const source = sourceBackSec === undefined ? '' : `, source back after ${sourceBackSec.toFixed(1)} s`
  const lost = `lost ${lostSec.toFixed(2)} s, doubled ${doubledSec.toFixed(2)} s`
  const head = `  ${lost}, went on after ${goOnSec.toFixed(2)} s${source}; ${state}, ${takes} takes`
  return [head, ...broken.map((what) => `  BROKEN ${what}`)].join('\n')
}

await main(process.argv.slice(2))
