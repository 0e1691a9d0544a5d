import { writeFile } from 'node:fs/promises'
import { machineFacts } from '../machine.ts'
import type { SourceFigures } from './figures.ts'
import { GROUPS, type MemoryWatch } from './memory.ts'

const PAGE = new URL('../../docs/soak.md', import.meta.url)
const INTRODUCTION = `# An hour and more

This page is written by \`npm run soak\`; \`npm run soak -- --minutes 180 --hand-overs 20\` goes on for longer.

Two recordings of the same live class of two HLS sources, 320×180 at 25 fps in segments of 2 s, run side by side on one service
with a Postgres of its own. One goes on in a single take, the other hands over from take to take. Frames and offsets are read from
all of the decoded media: each frame carries a counter, each second a flash and a beep.
`

/** One recording of the soak and what it shows of each source. */
export interface SoakedRecording {
  readonly id: string
  readonly takes: number
  readonly durationSec: number
  readonly errors: readonly string[]
  readonly sources: readonly SourceFigures[]
}

export interface Soak {
  readonly recordings: readonly SoakedRecording[]
  readonly memory: MemoryWatch
  readonly maxTakeSec: number
}

/** Writes the page anew, and prints it. */
export async function writeSoak({ recordings, memory, maxTakeSec }: Soak): Promise<void> {
  const name = ({ takes }: SoakedRecording) => (takes === 1 ? 'one take' : `${takes} takes`)
  const frames = recordings.flatMap((recording) =>
    recording.sources.map((source, i) => [`${name(recording)}, source ${i + 1}`, ...figures(source)]),
  )
  const growths = recordings.flatMap((recording) =>
    GROUPS.flatMap((group) => {
      const growth = memory.growthOf(group, recording.id)
      if (growth === undefined) return []
      const cells = [growth.firstBytes, growth.lastBytes, growth.bytesPerHour].map(megabytes)
      return [[group === 'service' || group === 'database' ? group : `${group}, ${name(recording)}`, ...cells]]
    }),
  )
  const distinct = [...new Map(growths.map((row) => [row[0], row])).values()]
  const minutes = Math.round(Math.min(...recordings.map(({ durationSec }) => durationSec)) / 60)
  const errors = recordings.flatMap((recording) => recording.errors)
  const page = [
    INTRODUCTION,
    `Measured over ${minutes} minutes, with \`maxTakeSec\` of ${maxTakeSec}; errors of recordings and takes: ${errors.join(', ') || 'none'}.\n`,
    '## Memory\n',
    'Proportional set size, MB; of a recording that hands over, that of the take that runs, but while two run. First: five minutes',
    'after the start. The slope is by least squares over samples every 10 s since then.\n',
    table(['process', 'first', 'last', 'slope, MB an hour'], distinct),
    '## Frames and sound\n',
    '**Slips**: by how many frames a source goes on elsewhere than it should, at each border between takes. Offsets are those of the',
    'sound, positive is late: medians of the first and of the last two minutes, and the 95th percentile of the size of all.\n',
    table(
      ['recording', 'frames present', 'shown twice', 'slips', 'offset at the start, ms', 'at the end', 'p95'],
      frames,
    ),
    await machineFacts(new Date()),
    '',
  ].join('\n')
  await writeFile(PAGE, page)
  console.log(page)
}

function figures({ present, repeated, slips, offsetMs }: SourceFigures): string[] {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  const offsets = [offsetMs.start, offsetMs.end, offsetMs.p95].map((ms) => ms.toFixed(1))
  return [percent(present), percent(repeated), slips.length === 0 ? 'no border' : slips.join(' '), ...offsets]
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = columns.map((_, i) => (i === 0 ? '---' : '--:'))
  return `${[columns, rule, ...rows].map(row).join('\n')}\n`
}
