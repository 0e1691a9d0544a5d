import pino, { type DestinationStream, type Logger } from 'pino'
import { AppError, type Fault } from '../protocol/index.ts'

export type { Logger } from 'pino'

const SECRET_NAMES = ['token', 'secret', 'apiKey', 'password', 'authorization', 'cookie']
/** pino's wildcards match one level each; specs put secrets at most four levels deep. */
const SECRET_DEPTHS = ['', '*.', '*.*.', '*.*.*.', '*.*.*.*.']

export interface LoggerOptions {
  readonly level: string
  /** Standard output when not given. */
  readonly destination?: DestinationStream
}

/** The log of a process: JSON lines in which tokens and secrets read `[redacted]`, wherever an object carries them. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_DEPTHS.flatMap((depth) => SECRET_NAMES.map((name) => depth + name)),
      censor: '[redacted]',
    },
    serializers: { err: describeError, error: describeError },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

const LEVEL_OF_FAULT = { caller: 'info', source: 'warn', destination: 'error', us: 'error' } as const satisfies Record<
  Fault,
  string
>

/** The level at which an error is logged: only faults of ours and of a destination call an operator. */
export function levelOf(error: AppError): (typeof LEVEL_OF_FAULT)[Fault] {
  return LEVEL_OF_FAULT[error.fault]
}

/** An error as the log shows it, with its code and its causes. */
function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  const { code, fault, field, details } = thrown instanceof AppError ? thrown : plainError(thrown)
  return {
    type: thrown.name,
    message: thrown.message,
    ...(code !== undefined && { code }),
    ...(fault !== undefined && { fault }),
    ...(field !== undefined && { field }),
    ...(details !== undefined && Object.keys(details).length > 0 && { details }),
    stack: thrown.stack,
    ...(thrown.cause !== undefined && { cause: describeError(thrown.cause) }),
  }
}

function plainError(error: Error) {
  return {
    code: 'code' in error ? String(error.code) : undefined,
    fault: undefined,
    field: undefined,
    details: undefined,
  }
}
