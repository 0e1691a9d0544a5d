import { readFile, writeFile } from 'node:fs/promises'
import type { Fault } from './fault.ts'
import { FAULTS } from './list.ts'
import type { RandomOutcome } from './random.ts'
import type { Outcome } from './run-fault.ts'
import { STALL_SEC } from './stalls.ts'

const PAGE = new URL('../../docs/faults.md', import.meta.url)
const HEAD = ['fault', 'promised', 'lost media', 'goes on after', 'playlist valid', 'ends', 'as promised', 'measured']
const ALIGNED = ['---', '---', '--:', '--:', '---', '---', '---', '---']
const INTRODUCTION = `# Faults

What happens to a recording when something breaks while it runs. This page is written by \`npm run faults\`;
\`npm run faults -- chrome-killed\` measures one fault again, \`npm run faults -- --quick\` the commonest ones in five minutes,
\`npm run faults -- random 30\` strikes at random.

Each row is one recording of the real service with a real Chrome and two live sources whose frames carry counters, 320×180 at 25
fps in segments of 2 s. The fault strikes, is mended, the recording is stopped, and all figures are taken from the decoded media:
**lost media** is the wall time without any picture, what was recorded but not yet kept when the fault struck included; **goes
on after** is the time from the fault to the first picture behind that hole (0: no picture is missing). A playlist is **valid**
when no version that a viewer saw at any time broke RFC 8216, every segment that was named was there and whole, and everything
decodes without a complaint. Nothing may be left behind: no process, no spooled segment, no temporary folder. **As promised** is
what keeps all of that and the promised time, however busy the machine was; at most one segment of before the fault may be lost.

Postgres and S3 (OpenStack Swift) are real servers behind a proxy that fails; disks are small file systems of their own; the other
host is a network namespace. The clock is stepped by libfaketime for service and recorder only, because Chrome does not start
with it.
`

const RANDOM = `## At random

Each row is one run of \`npm run faults -- random\`: rounds of two recordings at once and eight faults of the table at random
moments up to 7 s apart, so that several are at work at the same time and takes die before they have begun; alternately a
service alone, and a service and a worker on one Postgres and S3. Each fault may cost one segment and the promised restart, times
the patience of the run, because other work on the machine makes everything slower.
`
const RANDOM_HEAD = [
  'date',
  'seed',
  'patience',
  'faults',
  'recordings',
  'takes',
  'lost a fault, mean',
  'not as promised',
]
/** What somebody wrote by hand lies between these and stays. */
const NOTES = /<!-- notes -->[\s\S]*<!-- \/notes -->/

/** What the page holds that a new measurement does not replace: cells by fault, rows of random runs, notes. */
interface Page {
  readonly measured: Map<string, readonly string[]>
  readonly random: readonly string[]
  readonly notes: string
}

/** Writes one fault's row; the others stay as they are. */
export async function writeOutcome(outcome: Outcome): Promise<void> {
  const page = await readPage()
  page.measured.set(outcome.fault.name, cellsOf(outcome))
  await writePage(page)
}

/** Adds a run's row behind the others. */
export async function writeRandom(outcome: RandomOutcome, patience: number): Promise<void> {
  const page = await readPage()
  const { seed, faults, recordings, takes, lostSec, broken } = outcome
  const mean = `${(lostSec / Math.max(1, faults)).toFixed(2)} s`
  const wrong = broken.length === 0 ? 'nothing' : broken.join('; ').replaceAll('|', '/')
  const row = line([...[today(), seed, patience, faults, recordings, takes].map(String), mean, wrong])
  await writePage({ ...page, random: [...page.random, row] })
}

async function readPage(): Promise<Page> {
  const text = await readFile(PAGE, 'utf8').catch(() => '')
  const lines = text.split('\n')
  const rows = lines.filter((row) => row.startsWith('| `')).map((row) => row.split('|').map((cell) => cell.trim()))
  return {
    measured: new Map(rows.map(([, name = '', , ...cells]) => [/`([^`]+)`/.exec(name)?.[1] ?? '', cells.slice(0, -1)])),
    random: lines.filter((row) => /^\| \d{4}-/.test(row)),
    notes: NOTES.exec(text)?.[0] ?? '<!-- notes -->\n<!-- /notes -->',
  }
}

async function writePage({ measured, random, notes }: Page): Promise<void> {
  const rows = FAULTS.flatMap((fault) => {
    const cells = measured.get(fault.name)
    return cells === undefined ? [] : [line([`\`${fault.name}\`: ${fault.title}`, promiseOf(fault), ...cells])]
  })
  const table = [line(HEAD), line(ALIGNED), ...rows].join('\n')
  const randomTable = [line(RANDOM_HEAD), line(RANDOM_HEAD.map(() => '---')), ...random].join('\n')
  await writeFile(PAGE, `${[INTRODUCTION, table, `\n${RANDOM}`, randomTable, `\n${notes}`].join('\n')}\n`)
}

function promiseOf({ goOnSec, backSec }: Fault): string {
  const pictures = goOnSec === 0 ? 'nothing is lost' : `goes on within ${goOnSec} s`
  return backSec === undefined ? pictures : `${pictures}, source back within ${backSec} s`
}

/** Everything behind the promise. */
function cellsOf({
  lostSec,
  goOnSec,
  sourceBackSec,
  playlistFaults,
  state,
  broken,
  stalledSec,
}: Outcome): readonly string[] {
  const back = sourceBackSec === undefined ? '' : ` (source ${sourceBackSec.toFixed(1)} s after it is back)`
  const stalled = stalledSec > STALL_SEC ? ` (the machine stalled for ${stalledSec.toFixed(1)} s)` : ''
  return [
    seconds(lostSec),
    `${seconds(goOnSec)}${back}`,
    playlistFaults.length === 0 ? 'yes' : 'no',
    state,
    broken.length === 0 ? 'yes' : `no: ${broken[0]?.replaceAll('|', '/').slice(0, 120)}${stalled}`,
    today(),
  ]
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

function seconds(sec: number): string {
  return Number.isNaN(sec) ? 'not measured' : `${sec.toFixed(2)} s`
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
