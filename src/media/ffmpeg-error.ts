import { AppError } from '../protocol/index.ts'

/** How many lines of a log are kept for whoever has to find out what went wrong. */
export const KEPT_LINES = 12

/** The last lines of a log that say anything. */
export function lastLines(log: string): readonly string[] {
  return log
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-KEPT_LINES)
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How a process ended; fluent-ffmpeg tells it in the words of its error alone. Nothing is decided by it. */
export function exitOf({ message }: Error): Exit {
  const [, code] = /exited with code (\d+)/.exec(message) ?? []
  const [, signal] = /killed with signal (SIG[A-Z0-9]+)/.exec(message) ?? []
  return { code: code === undefined ? null : Number(code), signal: (signal as NodeJS.Signals | undefined) ?? null }
}

/** `ffmpeg.failed` with the last lines of the program's log in `details`, and the very last in the message. */
export function ffmpegFailed(
  program: 'FFmpeg' | 'ffprobe',
  { code, signal, lines, cause }: Exit & { readonly lines: readonly string[]; readonly cause: unknown },
): AppError {
  const how = signal === null ? `with code ${code}` : `by ${signal}`
  const last = lines.at(-1) ?? 'it wrote no message'
  return new AppError('ffmpeg.failed', `${program} ended ${how}: ${last}`, { details: { code, signal, lines }, cause })
}
