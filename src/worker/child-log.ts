import type { Logger } from '../telemetry/index.ts'

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** Logs a line of a child process. JSON lines of its own log keep their level; anything else is what a library printed. */
export function logChildLine(logger: Logger, line: string, stream: 'stdout' | 'stderr'): void {
  const entry = parseLine(line)
  const level = LEVELS.find((name) => name === entry?.level)
  if (entry === undefined || level === undefined) {
    logger[stream === 'stderr' ? 'warn' : 'info']({ stream }, line)
    return
  }
  const { msg, level: _level, time: _time, ...details } = entry
  logger[level](details, String(msg ?? ''))
}

function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}
