import type { WriteStream } from 'node:tty'
import type { Recording } from '../../src/protocol/index.ts'

export interface Progress {
  /** A line that stays. */
  say(text: string): void
  /** The present state: rewrites one line of a terminal; elsewhere prints a line at most every few seconds. */
  show(text: string): void
}

const PLAIN_INTERVAL_MS = 5000
/** The width of a terminal that does not tell. */
const DEFAULT_COLUMNS = 80

/** Progress for a person at a terminal, or for a log file. */
export function createProgress(output: WriteStream): Progress {
  let lastPlainMs = Number.NEGATIVE_INFINITY
  return {
    say(text) {
      output.write(output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`)
    },
    show(text) {
      if (output.isTTY) {
        output.write(`\r\x1b[K${text.slice(0, (output.columns || DEFAULT_COLUMNS) - 1)}`)
      } else if (performance.now() - lastPlainMs > PLAIN_INTERVAL_MS) {
        lastPlainMs = performance.now()
        output.write(`${text}\n`)
      }
    },
  }
}

/** A recording in one line: state, duration, segments, sources, dropped frames. */
export function statusLine(recording: Recording, seconds: number): string {
  const { stats } = recording
  const live = recording.sources.filter((source) => source.state === 'live').length
  const parts = [
    recording.state,
    `${recording.durationSec.toFixed(1)} of ${seconds} s`,
    `${stats?.segments ?? 0} segments`,
    `${live}/${recording.sources.length} sources live`,
    `${stats?.droppedFrames ?? 0} dropped`,
    recording.layout.name,
  ]
  return parts.join(' · ')
}
