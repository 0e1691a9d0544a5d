import { AppError } from '../protocol/index.ts'

const KEPT_LINES = 12

/** Remembers the last lines that a program wrote. */
export interface LastLines {
  add(text: string): void
  readonly lines: readonly string[]
}

export function createLastLines(): LastLines {
  let lines: string[] = []
  let open = ''
  return {
    add(text) {
      const parts = (open + text).split(/[\r\n]+/)
      open = parts.pop() ?? ''
      lines = [...lines, ...parts.filter((line) => line.trim() !== '')].slice(-KEPT_LINES)
    },
    get lines() {
      return open.trim() === '' ? lines : [...lines, open].slice(-KEPT_LINES)
    },
  }
}

/** `ffmpeg.failed` with the last lines of its log in `details`, and the very last in the message. */
export function ffmpegFailed(
  program: string,
  end: {
    readonly code: number | null
    readonly signal: NodeJS.Signals | null
    readonly lines: readonly string[]
    readonly cause?: unknown
  },
): AppError {
  const how = end.signal === null ? `with code ${end.code}` : `by ${end.signal}`
  const last = end.lines.at(-1) ?? 'it wrote no message'
  const { code, signal, lines, cause } = end
  return new AppError('ffmpeg.failed', `${program} ended ${how}: ${last}`, { details: { code, signal, lines }, cause })
}
