import { readFile, writeFile } from 'node:fs/promises'
import { FAULTS } from './list.ts'
import type { RandomOutcome } from './random.ts'
import type { Outcome } from './run-fault.ts'

const PAGE = new URL('../../docs/faults.md', import.meta.url)
const HEAD = ['fault', 'lost media', 'goes on after', 'playlist valid', 'ends', 'as promised']
const INTRODUCTION = `# Faults

What happens to a recording when something breaks while it runs. This page is written by \`npm run faults\`;
\`npm run faults -- chrome-killed\` measures one fault again, \`npm run faults -- random 30\` strikes at random.

Each row is one recording of the real service with a real Chrome and two live sources whose frames carry counters, 320×180 at 25
fps in segments of 2 s. The fault strikes, is mended, the recording is stopped, and all figures are taken from the decoded media:
**lost media** is the wall time without any picture, what was recorded but not yet kept when the fault struck included; **goes
on after** is the time from the fault to the first picture behind that hole (0: no picture is missing). A playlist is **valid**
when no version that a viewer saw at any time broke RFC 8216, every segment that was named was there and whole, and everything
decodes without a complaint. Nothing may be left behind: no process, no spooled segment, no temporary folder.

Postgres and S3 (OpenStack Swift) are real servers behind a proxy that fails; disks are small file systems of their own; the other
host is a network namespace. The clock is stepped by libfaketime for service and recorder only, because Chrome does not start
with it.

`

const RANDOM = `
## At random

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

/** Adds a run's row behind the others. */
export async function writeRandom(outcome: RandomOutcome, patience: number): Promise<void> {
  const page = await readFile(PAGE, 'utf8').catch(() => INTRODUCTION)
  const [before = '', after = ''] = page.split(/\n## At random\n/)
  const rows = after.split('\n').filter((text) => /^\| \d{4}-/.test(text))
  const { seed, faults, recordings, takes, lostSec, broken } = outcome
  const mean = `${(lostSec / Math.max(1, faults)).toFixed(2)} s`
  const date = new Date().toISOString().slice(0, 10)
  const wrong = broken.length === 0 ? 'nothing' : broken.join('; ').replaceAll('|', '/')
  const added = line([...[date, seed, patience, faults, recordings, takes].map(String), mean, wrong])
  const table = [line(RANDOM_HEAD), line(RANDOM_HEAD.map(() => '---')), ...rows, added]
  await writeFile(PAGE, `${before.trimEnd()}\n${RANDOM}${table.join('\n')}\n`)
}

/** Writes one fault's row; the others stay as they are. */
export async function writeOutcome(outcome: Outcome): Promise<void> {
  const page = await readFile(PAGE, 'utf8').catch(() => '')
  const rows = new Map(
    page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => [/`([^`]+)`/.exec(line)?.[1] ?? '', line]),
  )
  rows.set(outcome.fault.name, row(outcome))
  const ordered = FAULTS.flatMap(({ name }) => rows.get(name) ?? [])
  const table = [line(HEAD), line(HEAD.map((_, i) => (i === 1 || i === 2 ? '--:' : '---'))), ...ordered]
  const rest = /\n## [\s\S]*$/.exec(page)?.[0] ?? ''
  await writeFile(PAGE, `${INTRODUCTION}${table.join('\n')}\n${rest}`)
}

function row({ fault, lostSec, goOnSec, sourceBackSec, playlistFaults, state, broken }: Outcome): string {
  const back = sourceBackSec === undefined ? '' : ` (source ${sourceBackSec.toFixed(1)} s after it is back)`
  return line([
    `\`${fault.name}\`: ${fault.title}`,
    seconds(lostSec),
    `${seconds(goOnSec)}${back}`,
    playlistFaults.length === 0 ? 'yes' : 'no',
    state,
    broken.length === 0 ? 'yes' : `no: ${broken[0]?.replaceAll('|', '/').slice(0, 120)}`,
  ])
}

function seconds(sec: number): string {
  return Number.isNaN(sec) ? 'not measured' : `${sec.toFixed(2)} s`
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
