import { AppError } from '../protocol/index.ts'

/** How many lines of a log are kept for whoever has to find out what went wrong. */
const KEPT_LINES = 12

/** The last lines of a log that say anything. */
export function lastLines(log: string): readonly string[] {
  return log
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-KEPT_LINES)
}

interface FailedRun {
  readonly code: number | null
  readonly signal: string | null
  /** Why there was no process at all, as the system says it. */
  readonly notStarted: string | undefined
  readonly lines: readonly string[]
  readonly cause: unknown
}

/** `ffmpeg.failed` with the last lines of the program's log in `details`, and the very last, or why it did not start, in the message. */
export function ffmpegFailed(program: string, { code, signal, notStarted, lines, cause }: FailedRun): AppError {
  const how = signal === null ? `with code ${code}` : `by ${signal}`
  const ended = `${program} ended ${how}: ${lines.at(-1) ?? 'it wrote no message'}`
  const message = notStarted === undefined ? ended : `${program} could not be started: ${notStarted}`
  return new AppError('ffmpeg.failed', message, { details: { code, signal, lines }, cause })
}
