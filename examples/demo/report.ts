import type { Highlight, Recording, RecordingStats } from '../../src/protocol/index.ts'

/** The recorder's reports, collected while it ran. */
export class Figures {
  #reports: RecordingStats[] = []

  add(recording: Recording): void {
    const { stats } = recording
    const last = this.#reports.at(-1)
    if (stats !== null && stats.frames !== last?.frames) this.#reports.push(stats)
  }

  /** Milliseconds, median and largest, over the newest segment of each report. */
  get segmentLatencyMs(): { readonly median: number; readonly max: number } {
    const sorted = this.#reports.map((stats) => stats.segmentLatencyMs).sort((a, b) => a - b)
    return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 }
  }

  get cpuCores(): number {
    return this.#reports.reduce((sum, stats) => sum + stats.cpuCores, 0) / Math.max(1, this.#reports.length)
  }

  get peakMemoryBytes(): number {
    return Math.max(0, ...this.#reports.map((stats) => stats.memoryBytes))
  }
}

interface ReportInput {
  readonly recording: Recording
  /** Its highlights, oldest first. */
  readonly clips: readonly Highlight[]
  readonly figures: Figures
  /** From the POST to the first recorded picture; undefined when there was none. */
  readonly startMs: number | undefined
  readonly serviceUrl: string
  /** Where the files are, when the store is a folder. */
  readonly folder: string
}

/** The demo's report: links, duration, size, figures. */
export function buildReport({ recording, clips, figures, startMs, serviceUrl, folder }: ReportInput): string {
  const { stats } = recording
  const segments = recording.takes.reduce((sum, take) => sum + take.segments, 0)
  const total = (stats?.frames ?? 0) + (stats?.droppedFrames ?? 0)
  const lost = total === 0 ? 0 : (100 * (stats?.droppedFrames ?? 0)) / total
  const latency = figures.segmentLatencyMs
  const rows = [
    ['Recording', recording.id],
    ['State', recording.error === null ? recording.state : `${recording.state} (${recording.error.code})`],
    ['Watch', `${serviceUrl}/#/recordings/${recording.id}`],
    ['HLS', new URL(recording.links.index, serviceUrl).href],
    ['Folder', folder],
    ['Duration', `${recording.durationSec.toFixed(2)} s in ${segments} segments`],
    ['Size', `${((stats?.bytes ?? 0) / 1e6).toFixed(1)} MB`],
    ['Frames', `${stats?.frames ?? 0}, dropped ${stats?.droppedFrames ?? 0} (${lost.toFixed(2)} %)`],
    [
      'Start',
      startMs === undefined
        ? 'no picture was recorded'
        : `${Math.round(startMs)} ms from the POST to the first recorded picture`,
    ],
    ['Segment latency', `median ${Math.round(latency.median)} ms, at most ${Math.round(latency.max)} ms until stored`],
    ['CPU', `${figures.cpuCores.toFixed(2)} cores on average`],
    ['Memory', `${Math.round(figures.peakMemoryBytes / 1e6)} MB at most`],
    ...clips.flatMap((clip) => clipRows(clip, serviceUrl)),
  ]
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(16)} ${value}`).join('\n')
}

function clipRows({ label, durationSec, state, error, links }: Highlight, serviceUrl: string): string[][] {
  if (state !== 'ready') return [['Clip', `${label}: ${error?.message ?? state}`]]
  return [
    ['Clip', `${label}, ${durationSec?.toFixed(2)} s`],
    ['', new URL(links.mp4, serviceUrl).href],
  ]
}
