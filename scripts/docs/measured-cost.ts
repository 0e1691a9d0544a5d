import { MEASURED_COST } from '../../src/protocol/measured-cost.ts'
import { renderTable, type Section, withSection } from './markdown.ts'

/** What a recording at 720p25 with four sources costs, as docs/benchmarks.md has it. */
interface MeasuredCost {
  readonly cpuCores: number
  readonly memoryBytes: number
  readonly measuredOn: string
}

const PLACE: Section = {
  path: 'docs/operations.md',
  open: '<!-- cost: written by `npm run check -- --write` from docs/benchmarks.md -->',
  close: '<!-- /cost -->',
}
const SECTION = '## CPU and memory of a recording'

/** Reads the row of this recorder and the date of its table. Throws when the page has none. */
export function readMeasuredCost(benchmarks: string): MeasuredCost {
  const section = benchmarks.split(/^(?=## )/m).find((text) => text.startsWith(SECTION)) ?? ''
  const row = /^\|\s*this recorder\s*\|\s*([\d.]+)\s*\|[^|]*\|\s*(\d+) MB\s*\|/m.exec(section)
  const date = /^[_*](\d{4}-\d{2}-\d{2}):/m.exec(section)?.[1]
  if (row === null || date === undefined) {
    throw new Error(`docs/benchmarks.md: "${SECTION}" has no row "this recorder" with cores and MB, or no date`)
  }
  return { cpuCores: Number(row[1]), memoryBytes: Number(row[2]) * 1e6, measuredOn: date }
}

/** True when the code's constant is what the page says. */
export function isCostOfCode({ cpuCores, memoryBytes, measuredOn }: MeasuredCost): boolean {
  return (
    MEASURED_COST.cpuCores === cpuCores &&
    MEASURED_COST.memoryBytes === memoryBytes &&
    MEASURED_COST.measuredOn === measuredOn
  )
}

/** The source of the code's constant. */
export function costModule({ cpuCores, memoryBytes, measuredOn }: MeasuredCost): string {
  return `/**
 * What a recording at 720p25 with four sources costs: cores, and bytes of memory (PSS). Written by \`npm run check -- --write\` from
 * docs/benchmarks.md; admission, the default of PANOREC_MAX_RECORDINGS, doctor and the documents all have it from here.
 */
export const MEASURED_COST = { cpuCores: ${cpuCores}, memoryBytes: ${memoryBytes / 1e6}e6, measuredOn: '${measuredOn}' } as const
`
}

/** The page with its table of what a machine needs as it was measured. Throws when the page has no place for it. */
export function withCostTable(page: string, cost: MeasuredCost): string {
  return withSection(page, PLACE, costTable(cost))
}

function costTable({ cpuCores, memoryBytes, measuredOn }: MeasuredCost): string {
  const rows = [
    ['CPU', `${cpuCores} cores (measured on ${measuredOn}); \`npm run bench -- cost\` measures yours`],
    ['memory', `${(memoryBytes / 1e9).toFixed(1)} GB (PSS)`],
    ['disk', 'the spool: a few segments, or hours of them while the store is away'],
    ['store', '1.2 GB an hour'],
    ['network', 'the sources in, 2.6 Mbit/s out'],
  ]
  return renderTable(['per recording at 720p25 with four sources', ''], rows)
}
